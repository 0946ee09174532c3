import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { pinnedNode } from './pinned-node.mjs';

const forwarded = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** Whether this process already is the Node the checkout pins. */
export function isPinnedNode() {
  try {
    return realpathSync(process.execPath) === realpathSync(pinnedNode);
  } catch {
    return false;
  }
}

/**
 * Runs a program in the place of this one: same streams, signals passed on, and this process ends with its code (128 + number for a signal).
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 * @returns {Promise<never>}
 */
export async function becomeProgram(program, args, env = {}) {
  process.exit(await runInForeground(program, args, env));
}

/**
 * Runs a program with this process's streams and passes signals on to it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 * @returns {Promise<number>} its exit code, 128 + number for a signal
 */
export async function runInForeground(program, args, env = {}) {
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of forwarded) process.on(signal, pass);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
    });
  } finally {
    for (const signal of forwarded) process.off(signal, pass);
  }
}

/** @param {NodeJS.Signals | null} signal */
function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[String(signal)] ?? 1;
}
