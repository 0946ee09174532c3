import { basename } from 'node:path';

/** How a test script of package.json starts a framework. */
export interface ScriptedRun {
  readonly framework: 'vitest' | 'jest' | 'mocha' | 'node';
  /** What runs the framework `node`: node itself, or the name of a package's program. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly options: readonly string[];
  /** Which files, or patterns of their names. */
  readonly files: readonly string[];
  /** Commands that the script runs before are not run. */
  readonly alone: 'yes' | 'no';
}

const OPERATOR = /^(?:&&|\|\||[;|&\n])/;
/** What a shell would replace or do: such a command is not understood. */
const SHELL_ONLY = /^[$`()<>]/;
const NAMES: Readonly<Record<string, ScriptedRun['framework']>> = {
  vitest: 'vitest',
  'vitest.mjs': 'vitest',
  jest: 'jest',
  'jest.js': 'jest',
  mocha: 'mocha',
  'mocha.js': 'mocha',
  _mocha: 'mocha',
};
/** Programs that start another one, which stands after them. */
const STARTERS = new Set(['node', 'npx', 'cross-env', 'env', 'c8', 'nyc', 'yarn', 'pnpm', 'npm', 'dotenv']);
const SCRIPT_RUNNERS = new Set(['npm', 'pnpm', 'yarn']);
const FOLLOWED_SCRIPTS = 5;

/** Options without a value of their own, so that what follows one is a file. */
const FLAGS =
  /^(?:--(?:no-.*|ci|exit|recursive|bail|runInBand|forceExit|silent|verbose|passWithNoTests|detectOpenHandles|run|coverage|globals|parallel|colors?|inline-diffs|full-trace|enable-source-maps|experimental-.*|test-only|test-force-exit)|-[bi])$/;
/** What this plugin says itself, with their values. */
const OWN_WITH_VALUE = /^(?:--reporters?|-R|--outputFile|--test-reporter|--test-reporter-destination)(=|$)/;
const OWN = /^(?:--watch.*|-w|--ui|--run|--test|--json)$/;

interface Word {
  readonly text: string;
  readonly kind: 'word' | 'operator' | 'shell';
}

/** Words and operators as a shell would see them, without replacing anything. */
function* wordsOf(script: string): Generator<Word> {
  let rest = script.trimStart();
  while (rest !== '') {
    const operator = OPERATOR.exec(rest)?.[0];
    if (operator !== undefined) {
      yield { text: operator, kind: 'operator' };
      rest = rest.slice(operator.length).trimStart();
      continue;
    }
    let text = '';
    let kind: Word['kind'] = 'word';
    while (rest !== '' && !/^\s/.test(rest) && !OPERATOR.test(rest)) {
      const [piece = '', single, double, escaped] = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|[^])/.exec(rest) ?? [];
      if (SHELL_ONLY.test(piece) || (double !== undefined && /[$`]/.test(double))) kind = 'shell';
      text += single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? piece;
      rest = rest.slice(piece.length);
    }
    yield { text, kind };
    rest = rest.replace(/^[^\S\n]+/, '');
  }
}

/** The commands of a script; one that needs a shell to be understood is empty. */
function commandsOf(script: string): string[][] {
  const commands: string[][] = [[]];
  let understood = true;
  for (const { text, kind } of wordsOf(script)) {
    if (kind === 'operator') {
      commands.push([]);
      understood = true;
      continue;
    }
    if (kind === 'shell') understood = false;
    if (understood) commands.at(-1)?.push(text);
    else commands[commands.length - 1] = [];
  }
  return commands;
}

/** What of a framework's arguments is an option, with its value, and what names files. */
function sorted(words: readonly string[]): { options: string[]; files: string[] } {
  const options: string[] = [];
  const files: string[] = [];
  let takesNext: 'option' | 'dropped' | undefined;
  for (const word of words) {
    if (takesNext !== undefined && !word.startsWith('-')) {
      if (takesNext === 'option') options.push(word);
      takesNext = undefined;
      continue;
    }
    takesNext = undefined;
    if (OWN_WITH_VALUE.test(word)) takesNext = word.includes('=') ? undefined : 'dropped';
    else if (OWN.test(word)) continue;
    else if (word.startsWith('-')) {
      options.push(word);
      if (!word.includes('=') && !FLAGS.test(word)) takesNext = 'option';
    } else files.push(word);
  }
  return { options, files };
}

function environmentOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.flatMap((word) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

function runOf(words: readonly string[], alone: 'yes' | 'no'): ScriptedRun | undefined {
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const first = words[start];
  if (first === undefined) return undefined;
  const at = words.findIndex((word, index) => index >= start && Object.hasOwn(NAMES, basename(word)));
  const nodeAt = words.findIndex((word, index) => index >= start && (word === 'node' || word === 'tsx'));
  if (nodeAt !== -1 && words.slice(nodeAt).includes('--test') && (nodeAt === start || STARTERS.has(first))) {
    const env = environmentOf(words.slice(0, nodeAt));
    return { framework: 'node', program: words[nodeAt] ?? '', env, alone, ...sorted(words.slice(nodeAt + 1)) };
  }
  if (at === -1 || (at > start && !STARTERS.has(first))) return undefined;
  const before = words.slice(0, at);
  const nodeOptions = before.slice(before.indexOf('node') + 1).filter((word) => word.startsWith('-'));
  const env = environmentOf(before);
  if (before.includes('node') && nodeOptions.length > 0) {
    env['NODE_OPTIONS'] = [...(env['NODE_OPTIONS'] === undefined ? [] : [env['NODE_OPTIONS']]), ...nodeOptions].join(
      ' ',
    );
  }
  const framework = NAMES[basename(words[at] ?? '')] ?? 'jest';
  const after = words.slice(at + 1);
  const isCommand = framework === 'vitest' && /^(?:run|watch|dev)$/.test(after[0] ?? '');
  return { framework, program: '', env, alone, ...sorted(isCommand ? after.slice(1) : after) };
}

/** The script that a command runs: `npm run unit`, `yarn unit`. Undefined where it runs none of them. */
function followed(words: readonly string[], scripts: Readonly<Record<string, string>>): string | undefined {
  const [manager = '', ...rest] = words;
  if (!SCRIPT_RUNNERS.has(manager)) return undefined;
  const name = rest.find((word) => word !== 'run' && word !== 'run-script' && !word.startsWith('-'));
  return name !== undefined && Object.hasOwn(scripts, name) ? scripts[name] : undefined;
}

function runIn(
  script: string,
  scripts: Readonly<Record<string, string>>,
  { alone, left }: { readonly alone: 'yes' | 'no'; readonly left: number },
): ScriptedRun | undefined {
  for (const [index, words] of commandsOf(script).entries()) {
    const within = { alone: index > 0 ? ('no' as const) : alone, left: left - 1 };
    const next = left > 0 ? followed(words, scripts) : undefined;
    const run = next === undefined ? runOf(words, within.alone) : runIn(next, scripts, within);
    if (run !== undefined) return run;
  }
  return undefined;
}

/**
 * What the test script runs: the first command that starts one of the frameworks that report each test, also through scripts that it runs.
 * Undefined where there is none, or where only a shell could tell.
 */
export function scriptedRun(scripts: Readonly<Record<string, string>>): ScriptedRun | undefined {
  return runIn(scripts['test'] ?? '', scripts, { alone: 'yes', left: FOLLOWED_SCRIPTS });
}
