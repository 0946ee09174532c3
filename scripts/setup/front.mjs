import { CommandError } from './command.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { becomeProgram, isPinnedNode } from './hand-over.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { SetupError } from './setup-error.mjs';
import { runSteps } from './steps.mjs';

/**
 * Runs the body of a command under the Node the checkout pins. The Node that started the command may be older: it brings the
 * dependencies, the pinned Node among them, and then starts the same command again with that one.
 * @param {() => Promise<number | void>} body gives the exit code
 * @param {{ onFailure?: () => void }} [options] `onFailure` runs after a failure was told
 * @returns {Promise<void>}
 */
export async function runCommand(body, { onFailure } = {}) {
  process.on('SIGINT', () => process.exit(130));
  process.on('SIGTERM', () => process.exit(143));
  try {
    await runSteps([dependenciesStep], { quiet: 'when done' });
    if (!isPinnedNode()) await becomeProgram(pinnedNode, process.argv.slice(1));
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    process.stderr.write(`${told(error)}\n`);
    onFailure?.();
    process.exitCode = 1;
  }
}

/**
 * What is expected to happen is told without a stack.
 * @param {unknown} error
 */
export function told(error) {
  if (error instanceof SetupError || error instanceof CommandError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
