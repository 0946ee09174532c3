import { Worker } from 'node:worker_threads';
import { Fault } from '../../../schema/fault.ts';
import type { AuthorKit } from './author-kit.ts';

const BUILD_LIMIT_MS = 120_000;

/** What the builder (plugins/sdk/src/build-worker.ts) says of sources that are at fault. */
interface ToldProblem {
  readonly state: string;
  readonly why: string;
  readonly fix: string;
}

/** What the builder is asked for. */
interface BuildOrder {
  /** The plugin's. */
  readonly folder: string;
  readonly target: string;
  readonly sourcemap?: 'linked';
}

/** Builds a plugin in a thread of its own: its code runs in it, and the installed program is no Node that could be started with a script. Throws `build_failed`. */
export async function buildInThread(kit: AuthorKit, order: BuildOrder): Promise<void> {
  const { folder } = order;
  const env = { ...process.env, ...kit.variables };
  const worker = new Worker(kit.builder, { workerData: order, env, stdout: true, stderr: true });
  // What the plugin's code prints while it is looked at is for nobody.
  for (const stream of [worker.stdout, worker.stderr]) stream.resume();
  const failed = (problem: ToldProblem): Fault => {
    const { state, why, fix } = problem;
    return new Fault('build_failed', `Cannot pack "${folder}": ${state}`, { why, fix });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(failed(TOOK_TOO_LONG)), BUILD_LIMIT_MS);
      worker.once('exit', () => {
        clearTimeout(limit);
        reject(failed(ENDED_ITSELF));
      });
      worker.once('error', (thrown) => reject(failed({ ...ENDED_ITSELF, why: thrown.message })));
      // The builder's own message.
      worker.once('message', (problem: ToldProblem | null) => (problem === null ? resolve() : reject(failed(problem))));
    });
  } finally {
    await worker.terminate();
  }
}

const TOOK_TOO_LONG: ToldProblem = {
  state: 'it takes too long',
  why: `after ${BUILD_LIMIT_MS / 1000} s it was still being built, or its code was still running`,
  fix: 'What src/plugin.ts and what it imports do at their top must come to an end; put the rest into run.',
};
const ENDED_ITSELF: ToldProblem = {
  state: 'the build has ended itself',
  why: 'its code may have called process.exit',
  fix: 'Take that away from src/plugin.ts and from what it imports.',
};
