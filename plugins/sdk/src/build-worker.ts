import { parentPort, workerData } from 'node:worker_threads';
import { buildPackage, type PackageBuild } from './build-package.ts';
import { BuildProblem, type ToldProblem } from './build-problem.ts';
import { endCompiler } from './bundle-plugin.ts';

interface Order extends PackageBuild {
  readonly folder: string;
}

/** A thread that builds the plugin of `folder` into `target`, and posts what is wrong with it, or null. */
const { folder, ...build }: Order = workerData;
let told: ToldProblem | null = null;
try {
  await buildPackage(folder, build);
} catch (thrown) {
  if (!(thrown instanceof BuildProblem)) throw thrown;
  told = thrown.told;
} finally {
  await endCompiler();
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(told);
