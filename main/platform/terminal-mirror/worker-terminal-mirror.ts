import type { TerminalId } from '../../../schema/entities.ts';
import type { TerminalMirror } from '../../kernel/terminals/ports.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';
import { HeldOutput } from './held-output.ts';
import type { MirrorOperations } from './mirror-operations.ts';

/**
 * The mirror of all terminals, in one worker thread: reading escape sequences costs more than anything else on their way. How many lines
 * are kept beside the screen is asked for each terminal.
 */
export function workerTerminalMirror(scrollbackLines: () => number): TerminalMirror & AsyncDisposable {
  const url = workerUrl({ folder: 'terminal-mirror', name: 'terminal-mirror-worker' });
  const worker = new WorkerClient<MirrorOperations>({ url, data: null });
  const held = new Map<TerminalId, HeldOutput>();
  return {
    open(id, { cols, rows }) {
      held.get(id)?.[Symbol.dispose]();
      held.set(id, new HeldOutput((bytes) => worker.handOver('write', { id, bytes }, [bytes.buffer])));
      return worker.call('open', { id, cols, rows, scrollbackLines: scrollbackLines() });
    },
    write: (id, bytes) => held.get(id)?.push(bytes) ?? Promise.resolve(),
    async resize(id, { cols, rows }) {
      void held.get(id)?.pass();
      await worker.call('resize', { id, cols, rows });
    },
    snapshot(id) {
      void held.get(id)?.pass();
      return worker.call('snapshot', { id });
    },
    close(id) {
      held.get(id)?.[Symbol.dispose]();
      held.delete(id);
      return worker.call('close', { id });
    },
    async [Symbol.asyncDispose]() {
      for (const output of held.values()) output[Symbol.dispose]();
      await worker[Symbol.asyncDispose]();
    },
  };
}
