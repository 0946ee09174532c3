import { resolve } from 'node:path';
import { BuildProblem } from './build-problem.ts';
import { compileModule } from './wasm-module.ts';

/** `node build-module.ts [FOLDER]`: compiles a plugin's AssemblyScript into its `plugin.wasm`. */
try {
  await compileModule(resolve(process.argv[2] ?? '.'));
} catch (thrown) {
  if (!(thrown instanceof BuildProblem)) throw thrown;
  const { state, why, fix } = thrown.told;
  process.stderr.write(`error: Cannot build plugin.wasm: ${state}\n  why: ${why}\n  fix: ${fix}\n`);
  process.exitCode = 1;
}
