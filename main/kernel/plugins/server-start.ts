import { Fault } from '../../../schema/fault.ts';
import type { PluginManifest } from '../../../schema/plugin-manifest.ts';
import type { ServerProgram } from '../../../schema/mcp/server-program.ts';
import { isReservedVariable } from '../sandboxes/reserved-variables.ts';
import type { PackageProblem } from './ports.ts';

/** What an MCP server is started with, as its manifest has it. */
export interface ServerStart {
  readonly program: ServerProgram;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

type Filled = Pick<ServerStart, 'args' | 'env'>;
type Declared = Pick<PluginManifest, 'args' | 'env' | 'settings'>;
type Values = Readonly<Record<string, unknown>>;

const PLACEHOLDER = /\$\{([^}]*)\}/g;
const SETTING = /^settings\.(.+)$/s;
const SCALARS = new Set(['string', 'number', 'integer', 'boolean']);
/** Linux takes 128 KiB for one text; nobody types as much. */
const VALUE_LIMIT = 32_768;

/** What decides how Node, Python, a shell, the loader or TLS begin is not for a manifest or a setting to say. */
const STARTS_OTHERS =
  /^(NODE_(?!ENV$).*|PYTHON.*|LD_.*|DYLD_.*|GCONV_PATH|GLIBC_TUNABLES|LOCPATH|OPENSSL_.*|SSL_CERT_.*|BASH_ENV|ENV|IFS|SHELL.*|TMPDIR|PWD)$/;

/** What is wrong with what an MCP server is to be started with: a variable that is not the plugin's to set, a placeholder that stands for nothing. */
export function serverStartProblems({ args = [], env = {}, settings }: Declared): PackageProblem[] {
  const known = propertiesOf(settings);
  const unsafe = Object.keys(env).filter((name) => isReservedVariable(name) || STARTS_OTHERS.test(name));
  return [
    ...unsafe.map((name) => ({
      code: 'reserved_variable',
      message: `${name} says how programs of the sandbox start, and is not a plugin's to set`,
      path: `/env/${name}`,
    })),
    ...args.flatMap((text, index) => placeholderProblems(text, { path: `/args/${index}`, known, lists: 'expanded' })),
    ...Object.entries(env).flatMap(([name, text]) =>
      placeholderProblems(text, { path: `/env/${name}`, known, lists: 'refused' }),
    ),
  ];
}

/** With what the operator has set in the place of the placeholders. What names a setting without a value is left out whole. Throws `invalid_setting`. */
export function filledServerStart({ args, env }: Filled, values: Values = {}): Filled {
  const variables = Object.entries(env).flatMap(([name, text]): [string, string][] => {
    const filled = filledText(text, values);
    return filled === undefined ? [] : [[name, filled]];
  });
  return {
    args: args.flatMap((text) => listIn(text, values) ?? filledText(text, values) ?? []),
    env: Object.fromEntries(variables),
  };
}

interface Placeholders {
  readonly path: string;
  readonly known: Readonly<Record<string, unknown>>;
  /** What becomes of a list, where the text is its placeholder and nothing else. */
  readonly lists: 'expanded' | 'refused';
}

function placeholderProblems(text: string, { path, known, lists }: Placeholders): PackageProblem[] {
  if (text.includes('\0')) return [{ code: 'invalid_manifest', message: `${path} holds the character 0`, path }];
  return [...text.matchAll(PLACEHOLDER)].flatMap(([whole, inside = '']) => {
    const name = SETTING.exec(inside)?.[1];
    if (name === undefined || !Object.hasOwn(known, name)) {
      const message = `"${whole.slice(0, 200)}" stands for nothing: \${settings.NAME} stands for a setting of the manifest`;
      return [{ code: 'unknown_setting', message, path }];
    }
    const kind = kindOf(known[name]);
    if (kind === 'text' || (kind === 'list' && lists === 'expanded' && whole === text)) return [];
    const message = `the setting "${name}" is no text or number; a list of texts can stand for arguments, alone`;
    return [{ code: 'unknown_setting', message, path }];
  });
}

function kindOf(schema: unknown): 'text' | 'list' | undefined {
  const {
    type,
    items,
    enum: choices,
    anyOf = [],
  }: { type?: unknown; items?: unknown; enum?: unknown; anyOf?: unknown } = Object(schema);
  if (SCALARS.has(String(type))) return 'text';
  if (type === 'array') return kindOf(items) === 'text' ? 'list' : undefined;
  // As TypeBox writes a choice.
  const constants: unknown = Array.isArray(anyOf) ? anyOf.map((one: unknown) => Object(one).const) : [];
  const plain = [choices, constants].find((list) => Array.isArray(list) && list.length > 0);
  return Array.isArray(plain) && plain.every((one) => SCALARS.has(typeof one)) ? 'text' : undefined;
}

function propertiesOf(settings: Record<string, unknown> | undefined): Readonly<Record<string, unknown>> {
  const properties = settings?.['properties'];
  return typeof properties === 'object' && properties !== null ? { ...properties } : {};
}

/** The texts of a list where the whole text is its placeholder. */
function listIn(text: string, values: Values): readonly string[] | undefined {
  const [, name = ''] = /^\$\{settings\.([^}]+)\}$/.exec(text) ?? [];
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return Array.isArray(value) ? value.map((one) => checked(name, String(one))) : undefined;
}

function filledText(text: string, values: Values): string | undefined {
  let isWhole = true;
  const filled = text.replaceAll(PLACEHOLDER, (_whole, inside: string) => {
    const name = SETTING.exec(inside)?.[1] ?? '';
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === null) isWhole = false;
    return checked(name, String(value));
  });
  return isWhole ? filled : undefined;
}

function checked(name: string, value: string): string {
  const problem = value.includes('\0')
    ? 'it holds the character 0'
    : value.length > VALUE_LIMIT
      ? `it has more than ${VALUE_LIMIT} characters`
      : undefined;
  if (problem === undefined) return value;
  throw new Fault(
    'invalid_setting',
    `Cannot start the MCP server: its setting "${name}" cannot be handed over: ${problem}`,
    {
      fix: 'Change it: Plugins, the plugin, Settings.',
    },
  );
}
