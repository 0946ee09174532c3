import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { Checked, SchemaOperations, SchemaQuestion, SchemaWork } from '../../kernel/tools/schema-check.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';

/** An answer of 8 MiB against an honest schema takes a tenth of it. */
const LIMIT_MS = 3000;
const HEAP_LIMIT_MB = 256;
/** A thread that nobody asks is ended: each holds some 10 MB. */
const IDLE_MS = 30_000;

interface PluginThread {
  readonly client: WorkerClient<SchemaOperations>;
  asked: number;
  isEnded: boolean;
  idle: Disposable | undefined;
}

/** A thread for each plugin that needs one, so that none waits for what another one's author wrote. */
export class ThreadedSchemaWork implements SchemaWork, AsyncDisposable {
  readonly #clock: Clock;
  readonly #threads = new Map<string, PluginThread>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async check(plugin: string, question: SchemaQuestion): Promise<Checked> {
    const thread = this.#threads.get(plugin) ?? this.#begin(plugin);
    thread.idle?.[Symbol.dispose]();
    thread.asked += 1;
    const limit = this.#clock.setTimer(LIMIT_MS, () => void this.#end(plugin, thread));
    try {
      return await thread.client.call('check', question);
    } catch (cause) {
      // Ended by its limit of time, or by that of its memory.
      await this.#end(plugin, thread);
      throw new Fault('schema_too_costly', `Cannot hold what "${plugin}" takes or gives against its schema`, {
        why: `It took longer than ${LIMIT_MS} ms, or more than ${HEAP_LIMIT_MB} MB: by its schema, or by how much there was.`,
        cause,
      });
    } finally {
      limit[Symbol.dispose]();
      thread.asked -= 1;
      if (thread.asked === 0 && !thread.isEnded) {
        thread.idle = this.#clock.setTimer(IDLE_MS, () => void this.#end(plugin, thread));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#threads].map(([plugin, thread]) => this.#end(plugin, thread)));
  }

  #begin(plugin: string): PluginThread {
    const url = workerUrl({ folder: 'schema-check', name: 'schema-check-worker' });
    const client = new WorkerClient<SchemaOperations>({ url, data: undefined, heapLimitMb: HEAP_LIMIT_MB });
    const thread = { client, asked: 0, isEnded: false, idle: undefined };
    this.#threads.set(plugin, thread);
    return thread;
  }

  async #end(plugin: string, thread: PluginThread): Promise<void> {
    thread.isEnded = true;
    thread.idle?.[Symbol.dispose]();
    if (this.#threads.get(plugin) === thread) this.#threads.delete(plugin);
    await thread.client[Symbol.asyncDispose]();
  }
}
