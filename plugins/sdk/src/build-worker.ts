import { parentPort, workerData } from 'node:worker_threads';
import { buildPackage } from './build-package.ts';
import { BuildProblem, type ToldProblem } from './build-problem.ts';
import { endCompiler } from './bundle-plugin.ts';

/** A thread that builds the plugin of `folder` into `target`, and posts what is wrong with it, or null. */
const { folder, target }: { folder: string; target: string } = workerData;
let told: ToldProblem | null = null;
try {
  await buildPackage(folder, target);
} catch (thrown) {
  if (!(thrown instanceof BuildProblem)) throw thrown;
  told = thrown.told;
} finally {
  await endCompiler();
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(told);
