import type { TerminalMirror } from '../../kernel/terminals/ports.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';
import type { MirrorOperations } from './mirror-operations.ts';

/**
 * The mirror of all terminals, in one worker thread: reading escape sequences costs more than anything else on their way. How many lines
 * are kept beside the screen is asked for each terminal.
 */
export function workerTerminalMirror(scrollbackLines: () => number): TerminalMirror & AsyncDisposable {
  const url = workerUrl({ folder: 'terminal-mirror', name: 'terminal-mirror-worker' });
  const worker = new WorkerClient<MirrorOperations>({ url, data: null });
  return {
    open: (id, { cols, rows }) => worker.call('open', { id, cols, rows, scrollbackLines: scrollbackLines() }),
    write: (id, bytes) => worker.call('write', { id, bytes }),
    resize: (id, { cols, rows }) => worker.call('resize', { id, cols, rows }),
    snapshot: (id) => worker.call('snapshot', { id }),
    close: (id) => worker.call('close', { id }),
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}
