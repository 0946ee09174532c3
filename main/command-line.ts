/** Says that everything after `--` is for the command line. The launcher (scripts/dist/linux) says it, so that no argument is taken for one of Chromium's. */
const MARK = '--command-line';
/** What Chromium is told: no page is opened, so it needs neither its sandbox nor the processes that pages start from, and has nothing to say. */
const WITHOUT_PAGES = ['--no-sandbox', '--no-zygote', '--log-level=3'] as const;

/** What the command line's first word may be; anything else names a folder or a link for the window. */
export const FIRST_WORDS: ReadonlySet<string> = new Set([
  'audit',
  'bench',
  'cave',
  'changes',
  'complete',
  'completion',
  'config',
  'doctor',
  'fsck',
  'image',
  'key',
  'mcp',
  'plugin',
  'policy',
  'profile',
  'prune',
  'run',
  'sandbox',
  'schedule',
  'secret',
  'serve',
  'service',
  'session',
  'shell',
  'snapshot',
  'task',
  'tool',
]);
const ALONE: ReadonlySet<string> = new Set(['-h', '--help', '--version']);

/** The arguments of the command line, of those that the installed program was started with; undefined where the window is meant. */
export function commandLineOf(started: readonly string[]): readonly string[] | undefined {
  const end = started.indexOf('--');
  if (end !== -1 && started.slice(0, end).includes(MARK)) return started.slice(end + 1);
  const args = started.filter((argument, index) => (end !== -1 && index > end) || !isForChromium(argument));
  const first = firstWord(args);
  return FIRST_WORDS.has(first) || ALONE.has(first) ? args : undefined;
}

/**
 * What starts the installed program's command line, to be followed by its arguments. `executable` is this process's; `image` is the
 * file of an AppImage, whose executable lies in a folder that is gone with this process.
 */
export function commandLineProgram(executable: string, image: string | undefined): readonly [string, ...string[]] {
  return [image ?? executable, ...WITHOUT_PAGES, MARK, '--'];
}

/** What comes after the options that may stand before every command. */
function firstWord([first = '', ...rest]: readonly string[]): string {
  if (first === '--home') return firstWord(rest.slice(1));
  return first === '--json' || first.startsWith('--home=') ? firstWord(rest) : first;
}

function isForChromium(argument: string): boolean {
  return WITHOUT_PAGES.some((known) => known === argument);
}
