import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] added to the environment of this process
 * @property {number} [timeoutMs] after it the process is killed and the command fails
 * @property {string | Uint8Array} [input]
 */

/** A program that ended with something else than 0; `output` is what it printed, both streams. */
export class CommandError extends Error {
  /** @param {{ command: string, reason: string, output: string }} parts */
  constructor({ command, reason, output }) {
    super([`${command}: ${reason}`, ...essential(output.trim().split('\n'))].join('\n'));
    this.name = 'CommandError';
    this.output = output;
  }
}

/**
 * Some programs say what went wrong first, some last.
 * @param {readonly string[]} lines
 */
function essential(lines) {
  const shown = 12;
  return lines.length <= 2 * shown ? lines : [...lines.slice(0, shown), '…', ...lines.slice(-shown)];
}

/**
 * Runs a program to its end and gives what it printed on standard output. What it prints on standard error is only seen when it fails.
 * @param {string} program
 * @param {readonly string[]} [args]
 * @param {CommandOptions} [options]
 * @returns {Promise<string>}
 * @throws {CommandError}
 */
export function run(program, args = [], options = {}) {
  const command = [program, ...args].join(' ').slice(0, 200);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let output = '';
    child.stdout?.on('data', (bytes) => {
      stdout += bytes;
      output += bytes;
    });
    child.stderr?.on('data', (bytes) => (output += bytes));
    child.on('error', (error) => reject(new CommandError({ command, reason: error.message, output })));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(stdout);
      const reason = signal ? `ended by ${signal}` : `exit code ${code}`;
      reject(new CommandError({ command, reason, output }));
    });
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

/**
 * Runs a command that may carry a prefix, for instance one that makes it another user's.
 * @param {readonly string[]} command
 * @param {CommandOptions} [options]
 * @returns {Promise<string>} what it printed on standard output
 * @throws {CommandError}
 */
export function runPrefixed(command, options) {
  const { program, args } = splitCommand(command);
  return run(program, args, options);
}

/**
 * @param {readonly string[]} command
 * @returns {{ program: string, args: string[] }}
 */
export function splitCommand(command) {
  const [program, ...args] = command;
  if (program === undefined) throw new Error('Cannot run a command: it is empty');
  return { program, args };
}

/**
 * The path of a program that this process may execute, or undefined.
 * @param {string} program
 */
export function findProgram(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether this process has the rights of root. */
export function isRoot() {
  return process.getuid?.() === 0;
}
