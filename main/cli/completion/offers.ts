import type { Command } from '../command.ts';
import { commandsBelow, findCommand } from '../line.ts';
import { EVERYWHERE, type Option, type Options, type ValueKind } from '../option.ts';

/** A word that may stand where the cursor is. */
export interface Offer {
  readonly value: string;
  readonly about: string;
}

/** What a shell knows better: it completes these itself. */
export type ShellKind = 'files' | 'folders' | 'command';

export interface Offers {
  readonly offers: readonly Offer[];
  readonly also?: ShellKind;
}

/** Words of a kind that only the kernel knows; `session` is the one that the line names. */
export type Known = (kind: ValueKind, session: string | undefined) => Promise<readonly Offer[]>;

export interface Cursor {
  /** What stands before it, without the program. */
  readonly before: readonly string[];
  /** What it is in, up to it. */
  readonly current: string;
}

/** What was read up to the cursor. */
interface Read {
  readonly positionals: readonly string[];
  readonly given: ReadonlySet<string>;
  readonly session: string | undefined;
  /** The option whose value the cursor is in. */
  readonly waiting: Option | undefined;
}

const SHELL_KINDS = new Map<ValueKind, ShellKind>([
  ['file', 'files'],
  ['folder', 'folders'],
  ['command', 'command'],
]);

function optionOf(options: Options, word: string): [name: string, option: Option] | undefined {
  const name = word.replace(/^--/, '').replace(/=.*$/s, '');
  return Object.entries(options).find(([each, { short }]) => each === name || (short && word === `-${short}`));
}

function read(commands: readonly Command[], before: readonly string[]): Read {
  const positionals: string[] = [];
  const given = new Set<string>();
  let waiting: Option | undefined;
  let session: string | undefined;
  for (const word of before) {
    const options = { ...EVERYWHERE, ...findCommand(commands, positionals)?.options };
    if (waiting) {
      if (waiting.value === 'session') session = word;
      waiting = undefined;
    } else if (word.startsWith('-')) {
      const [name, option] = optionOf(options, word) ?? [];
      if (name !== undefined && !option?.multiple) given.add(name);
      waiting = option?.type === 'string' && !word.includes('=') ? option : undefined;
    } else positionals.push(word);
  }
  return { positionals, given, session, waiting };
}

async function ofKind(kind: ValueKind, known: Known, session: string | undefined): Promise<Offers> {
  if (typeof kind !== 'string') return { offers: kind.map((value) => ({ value, about: '' })) };
  const also = SHELL_KINDS.get(kind);
  if (also !== undefined) return { offers: [], also };
  return { offers: kind === 'text' || kind === 'number' ? [] : await known(kind, session) };
}

function optionOffers(command: Command | undefined, given: ReadonlySet<string>): Offer[] {
  return Object.entries({ ...EVERYWHERE, ...command?.options })
    .filter(([name]) => !given.has(name))
    .map(([name, { about }]) => ({ value: `--${name}`, about }));
}

/** The next words of commands; the last word of one is explained. */
function wordOffers(commands: readonly Command[], positionals: readonly string[]): Offer[] {
  const next = new Map<string, string>();
  for (const { words, about, hidden } of commandsBelow(commands, positionals)) {
    const word = words[positionals.length];
    if (word === undefined || hidden || next.has(word)) continue;
    next.set(word, words.length === positionals.length + 1 ? about : `${words.slice(0, -1).join(' ')} …`);
  }
  return [...next].map(([value, about]) => ({ value, about }));
}

async function argumentOffers(command: Command, seen: Read, known: Known): Promise<Offers> {
  const { words, takes = [], positionals } = command;
  const values = seen.positionals.slice(words.length);
  const kind = takes[Math.min(values.length, takes.length - 1)];
  if (kind === undefined || values.length >= positionals[1]) return { offers: [] };
  const session = takes[0] === 'session' ? values[0] : seen.session;
  const offered = await ofKind(kind, known, session);
  return { ...offered, offers: offered.offers.filter(({ value }) => !values.includes(value)) };
}

async function allOffers(commands: readonly Command[], { before, current }: Cursor, known: Known): Promise<Offers> {
  const dashes = before.indexOf('--');
  if (dashes !== -1) return { offers: [], also: dashes === before.length - 1 ? 'command' : 'files' };
  const seen = read(commands, before);
  const command = findCommand(commands, seen.positionals);
  if (seen.waiting)
    return ofKind(seen.waiting.value ?? 'text', known, seen.session ?? seen.positionals[command?.words.length ?? 0]);
  if (current.startsWith('-')) {
    const [name, option] = current.includes('=')
      ? (optionOf({ ...EVERYWHERE, ...command?.options }, current) ?? [])
      : [];
    if (name === undefined) return { offers: optionOffers(command, seen.given) };
    const { offers } = await ofKind(option?.value ?? 'text', known, seen.session);
    return { offers: offers.map(({ value, about }) => ({ value: `--${name}=${value}`, about })) };
  }
  const words = wordOffers(commands, seen.positionals);
  if (command === undefined) return { offers: words };
  const values = await argumentOffers(command, seen, known);
  return { ...values, offers: [...words, ...values.offers] };
}

/** What may stand where the cursor is, of the command table and of what the kernel knows. */
export async function offersAt(commands: readonly Command[], cursor: Cursor, known: Known): Promise<Offers> {
  const found = await allOffers(commands, cursor, known);
  return { ...found, offers: found.offers.filter(({ value }) => value.startsWith(cursor.current)) };
}
