import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { splitCommand } from '../setup/command.mjs';
import { checkout } from '../setup/folders.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { confirmed, countOfCheck, countsOfVitest } from './counts.mjs';
import { runEndToEnd } from './end-to-end.mjs';
import { failuresBesideTests, failuresOfVitest } from './failures.mjs';

/**
 * @typedef {import('./counts.mjs').Counts} Counts
 * @typedef {Counts & { failures?: readonly string[] }} Outcome with what failed and why, a text for each
 * @typedef {{ name: string, run: (output: number) => Promise<Outcome> }} Suite `output` is the file descriptor for what it prints
 */

const suiteTimeoutMs = (process.env.CAVERN_LONG === '1' ? 180 : 25) * 60_000;

/** Where reports, screenshots and traces of a run are kept. */
export const resultsFolder = join(checkout, 'test-results');

/**
 * Everything that is checked, the quick first. What stands together runs at the same time: one that waits much, and another.
 * @returns {Suite[][]}
 */
export function allSuites() {
  return [
    [script('import rules', ['check-imports.mjs'])],
    [check('lint', 'oxlint/bin/oxlint', ['--type-aware', '--deny-warnings'])],
    [check('format', '@biomejs/biome/bin/biome', ['format', '.'])],
    ...['.', 'renderer', 'scripts'].map((folder) => [
      check(`types of ${folder === '.' ? 'main' : folder}`, 'typescript/bin/tsc', [
        '-p',
        join(folder, 'tsconfig.json'),
      ]),
    ]),
    [vitest('unit'), script('packaged app', ['dist.mjs', '--test'])],
    [vitest('engine'), endToEnd('end to end, without times', ['growth', 'beside'])],
    [endToEnd('end to end', ['alone'])],
  ];
}

/**
 * Every way out of a sandbox that is known to us, tried on every engine of this machine.
 * @returns {Suite[][]}
 */
export function escapeSuites() {
  return [[vitest('engine', 'escape')]];
}

/**
 * @param {string} name
 * @param {string} program below node_modules
 * @param {readonly string[]} args
 * @returns {Suite}
 */
function check(name, program, args) {
  return {
    name,
    run: async (output) => countOfCheck(await runNode([join('node_modules', program), ...args], { output })),
  };
}

/**
 * @param {string} name
 * @param {readonly string[]} args a program below scripts, and what it is given
 * @returns {Suite}
 */
function script(name, [program = '', ...args]) {
  return {
    name,
    run: async (output) => countOfCheck(await runNode([join('scripts', program), ...args], { output })),
  };
}

/**
 * @param {string} name
 * @param {readonly string[]} projects of e2e/playwright.config.ts
 * @returns {Suite}
 */
function endToEnd(name, projects) {
  return { name, run: (output) => runEndToEnd({ name, projects, output }) };
}

/**
 * @param {'unit' | 'engine'} project
 * @param {string[]} files parts of the names of those that are run; all if none
 * @returns {Suite}
 */
function vitest(project, ...files) {
  const report = join(resultsFolder, `${project}.json`);
  const beside = join(resultsFolder, `${project}-unhandled.json`);
  const own = join('scripts', 'test', 'unhandled-errors.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, `--reporter=./${own}`];
  return {
    name: `${project} tests`,
    async run(output) {
      for (const file of [report, beside]) rmSync(file, { force: true });
      mkdirSync(dirname(report), { recursive: true });
      const vitestFile = join('node_modules', 'vitest', 'vitest.mjs');
      const exitCode = await runNode([vitestFile, 'run', '--project', project, ...reporters, ...files], {
        env: { CAVERN_UNHANDLED_ERRORS: beside },
        output,
      });
      const results = JSON.parse(readFileSync(report, 'utf8'));
      const failures = [...failuresOfVitest(results), ...failuresBesideTests(JSON.parse(readFileSync(beside, 'utf8')))];
      return { ...confirmed(countsOfVitest(results), exitCode), failures };
    },
  };
}

/**
 * Runs a program of Node in the checkout.
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, output: number }} options `env` beside that of this program
 * @returns {Promise<number>} its exit code; 124 when it took too long
 */
function runNode(args, { env = {}, output }) {
  // Tests start `node` by its name, and the one of the machine may be older.
  const path = [dirname(pinnedNode), process.env.PATH].join(delimiter);
  return runToEnd([pinnedNode, ...args], { env: { ...process.env, ...env, PATH: path }, output });
}

/**
 * @param {readonly string[]} command
 * @param {{ env: NodeJS.ProcessEnv, output: number }} options `output`: where both its streams go; standard output is for the last line
 * @returns {Promise<number>}
 */
export function runToEnd(command, { env, output }) {
  const { program, args } = splitCommand(command);
  const child = spawn(program, args, {
    cwd: checkout,
    env,
    stdio: ['ignore', output, output],
    timeout: suiteTimeoutMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 124));
  });
}
