import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import { MANIFEST } from './package-limits.ts';

const SBOM = 'sbom.json';
const MODULES = 'node_modules';
const ID = /^[a-z][a-z0-9-]{0,62}$/;

export interface NewMcpPlugin {
  /** The plugin's folder; made where it is missing. */
  readonly folder: string;
  /** The server's entry, in the folder or to be copied there. */
  readonly server: string;
}

export interface McpPluginWords {
  readonly folder: string;
  /** The manifest that was drafted in a sandbox, as JSON: untrusted. */
  readonly draft: string;
  readonly publisher: string;
  readonly license: string;
}

export interface LaidServer {
  /** Relative to the folder, POSIX separators. */
  readonly entry: string;
  /** Of a file that is a program for Linux. */
  readonly program?: 'binary';
  /** Takes away again what was made. */
  readonly undo: () => void;
}

/** Puts an MCP server's entry into the folder of a plugin, where it is not there. Throws `invalid_input`; nothing is replaced. */
export function layServer({ folder, server }: NewMcpPlugin): LaidServer {
  const refuse = (why: string): never => {
    throw new Fault('invalid_input', `Cannot make a plugin of "${server}": ${why}`);
  };
  if (!ID.test(basename(folder))) return refuse(`"${basename(folder)}" has other letters than a-z, 0-9 and -`);
  if (!statSync(server, { throwIfNoEntry: false })?.isFile()) return refuse('there is no such file');
  for (const file of [MANIFEST, SBOM]) {
    if (existsSync(join(folder, file))) return refuse(`"${folder}" has a ${file} already`);
  }
  const inside = relative(folder, server);
  const program = isElf(server) ? ({ program: 'binary' } as const) : {};
  if (!inside.startsWith('..') && !isAbsolute(inside)) {
    return { entry: inside.split(sep).join('/'), ...program, undo: () => undefined };
  }
  const isThere = existsSync(folder);
  if (isThere && readdirSync(folder).length > 0) return refuse(`"${folder}" is not empty, and not its folder`);
  const entry = basename(server);
  mkdirSync(folder, { recursive: true });
  copyFileSync(server, join(folder, entry));
  if ('program' in program) chmodSync(join(folder, entry), 0o755);
  return {
    entry,
    ...program,
    undo: () => rmSync(isThere ? join(folder, entry) : folder, { recursive: true, force: true }),
  };
}

const ELF = Buffer.from('\x7fELF', 'latin1');

/** Linux knows its programs by how they begin. */
function isElf(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const start = Buffer.alloc(ELF.length);
    readSync(descriptor, start);
    return start.equals(ELF);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes what makes the folder of an MCP server a plugin, and gives the files. Throws `invalid_input` where the draft is none. */
export function writeMcpPlugin({ folder, draft, publisher, license }: McpPluginWords): string[] {
  const drafted = manifestIn(draft);
  const { id, version }: { readonly id?: unknown; readonly version?: unknown } = drafted;
  const manifest = { ...drafted, publisher, license, sbom: SBOM };
  const component = { type: 'application', name: String(id), version: String(version) };
  const server = { ...component, licenses: [{ expression: license }] };
  const components = [server, ...nodePackagesIn(folder), ...pythonPackagesIn(folder)];
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component }, components };
  writeFileSync(join(folder, SBOM), `${JSON.stringify(bom, null, 2)}\n`, { flag: 'wx' });
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' });
  return [MANIFEST, SBOM];
}

function manifestIn(draft: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(draft);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw new Fault('invalid_input', 'Cannot make a plugin of the server: what its sandbox gave is no manifest');
}

interface Component {
  readonly type: 'library';
  readonly name: string;
  readonly version: string;
}

/** The packages that lie beside the server; what was bundled into it nobody can see. */
function nodePackagesIn(folder: string): Component[] {
  const modules = join(folder, MODULES);
  if (!existsSync(modules)) return [];
  const paths = readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter(isPackage).sort();
  return paths.flatMap((path): Component[] => {
    const { name, version }: { name?: unknown; version?: unknown } = Object(fieldsOf(join(modules, path)));
    return typeof name === 'string' && typeof version === 'string' ? [{ type: 'library', name, version }] : [];
  });
}

/** As `pip install --target` leaves them (PyPA's specification of recorded installations). */
function pythonPackagesIn(folder: string): Component[] {
  const records = readdirSync(folder).filter((name) => name.endsWith('.dist-info'));
  return records.sort().flatMap((record): Component[] => {
    const file = join(folder, record, 'METADATA');
    const [head = ''] = existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n\r?\n/, 1) : [];
    const [name, version] = ['Name', 'Version'].map((key) => new RegExp(`^${key}: *(\\S+)`, 'm').exec(head)?.[1]);
    return name === undefined || version === undefined ? [] : [{ type: 'library', name, version }];
  });
}

/** `name/package.json` and `@scope/name/package.json`, below `node_modules` at whatever depth. */
function isPackage(path: string): boolean {
  const parts = path.split(sep);
  const [first = '', ...rest] = parts.slice(parts.lastIndexOf(MODULES) + 1);
  return rest.at(-1) === 'package.json' && rest.length === (first.startsWith('@') ? 2 : 1);
}

function fieldsOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // What is no JSON names no package.
    return {};
  }
}
