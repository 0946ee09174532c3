import { resolve } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Parsed } from '../line.ts';
import type { Option } from '../option.ts';
import { PROJECT_FILE, readProjectFile } from './project-file.ts';

export type Layer = 'argument' | 'environment' | 'project';

export interface LayeredValue {
  readonly value: string | boolean;
  readonly source: Layer;
}

type Environment = CommandContext['env'];

function variableOf(option: string): string {
  return `CAVERN_${option.toUpperCase().replaceAll('-', '_')}`;
}

function refused(where: string, name: string, why: string): Fault {
  return new Fault('invalid_setting', `Cannot use "${name}" of ${where}`, {
    why,
    fix: `Take it out of ${where}, or correct it.`,
  });
}

/** A value of a layer as the command line would have it: a word, or whether a flag is there. */
function valueOf(option: Option, given: unknown): string | boolean | undefined {
  if (option.type === 'boolean') {
    if (given === true || given === 'true' || given === '1') return true;
    return given === false || given === 'false' || given === '0' ? false : undefined;
  }
  if (option.value === 'number') return /^\d{1,15}$/.test(String(given)) ? String(given) : undefined;
  return typeof given === 'string' ? given : undefined;
}

function fromEnvironment(name: string, option: Option, env: Environment): LayeredValue | undefined {
  const text = env[variableOf(name)] ?? '';
  if (text === '') return undefined;
  const value = valueOf(option, text);
  if (value === undefined) throw refused('the environment', variableOf(name), `"${text}" is no value for --${name}.`);
  return { value, source: 'environment' };
}

/** Only what no option may take from a project is a matter of security; whatever else it names is a mistake that is said. */
function checkProject(given: Readonly<Record<string, unknown>>, commands: readonly Command[]): void {
  for (const name of Object.keys(given)) {
    const options = commands.flatMap((command) => command.options?.[name] ?? []);
    if (options.some(({ from }) => from === 'project')) continue;
    const why =
      options.length === 0
        ? 'There is no such option.'
        : 'A project may not decide it: it is a matter of security, or of one command alone.';
    throw refused(PROJECT_FILE, name, why);
  }
}

/** The options that a command takes from the environment, and some from the project, with what they say now. */
export function layersOf(
  command: Command,
  {
    env,
    folder,
    commands,
  }: { readonly env: Environment; readonly folder: string; readonly commands: readonly Command[] },
): Readonly<Record<string, LayeredValue>> {
  const layered = Object.entries(command.options ?? {}).filter(([, { from }]) => from !== undefined);
  if (layered.length === 0) return {};
  const project = layered.some(([, { from }]) => from === 'project') ? readProjectFile(folder) : {};
  checkProject(project, commands);
  const found: Record<string, LayeredValue> = {};
  for (const [name, option] of layered) {
    const chosen = fromEnvironment(name, option, env);
    if (chosen) found[name] = chosen;
    else if (option.from === 'project' && Object.hasOwn(project, name)) {
      const value = valueOf(option, project[name]);
      if (value === undefined) throw refused(PROJECT_FILE, name, `It is no value for --${name}.`);
      found[name] = { value, source: 'project' };
    }
  }
  return found;
}

/** A line with what the layers below it say: arguments go before the environment, and that before the project. */
export function withLayers(
  command: Command,
  parsed: Parsed,
  { env, commands }: { readonly env: Environment; readonly commands: readonly Command[] },
): Parsed {
  const folder = resolve(command.takes?.[0] === 'folder' ? (parsed.positionals[0] ?? '.') : '.');
  const layers = Object.entries(layersOf(command, { env, folder, commands }));
  const given = layers
    .filter(([name]) => parsed.values[name] === undefined)
    .map(([name, { value }]) => [name, value] as const);
  return { ...parsed, values: { ...parsed.values, ...Object.fromEntries(given) } };
}
