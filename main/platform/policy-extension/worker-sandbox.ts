import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtensionSandbox, ExtensionSource } from '../../kernel/policy/extension-rules.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';
import type { ExtensionOperations } from './extension-worker.ts';

/** The thread's own heap; the rules' heap lies inside of the WebAssembly memory and has its own limit. */
const HEAP_LIMIT_MB = 128;

/** An engine for extension rules in a thread of its own, which can be ended whatever it is doing. */
export function workerSandbox(): ExtensionSandbox {
  const url = workerUrl({ folder: 'policy-extension', name: 'extension-worker' });
  const worker = new WorkerClient<ExtensionOperations>({ url, data: undefined, heapLimitMb: HEAP_LIMIT_MB });
  return {
    load: (sources) => worker.call('load', sources),
    judge: (call) => worker.call('judge', call),
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}

/** The files of a folder that are rules: `.ts` and `.js`, but no declarations. None where there is no such folder. */
export function extensionSources(folder: string): ExtensionSource[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'));
  return names.sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}
