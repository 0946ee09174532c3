import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { BuildProblem } from './build-problem.ts';

/** The code of a plugin that is written in AssemblyScript; a module of any other language is taken as it lies there. */
const SOURCES = 'assembly';
const CONFIG = 'asconfig.json';
const MODULE = 'plugin.wasm';
/** What the module was built from, beside it. */
const BUILT_FROM = 'plugin.wasm.json';
const COMPILER = 'node_modules/assemblyscript';

export interface BuiltFrom {
  /** The version of AssemblyScript, whose library is part of the module. */
  readonly compiler: string;
  /** SHA-256 over the names and contents of the sources. */
  readonly sources: string;
}

export interface PluginModule {
  readonly bytes: Uint8Array;
  /** Undefined for another language than AssemblyScript. */
  readonly compiler: string | undefined;
}

function sourcesDigest(folder: string): string {
  const entries = readdirSync(join(folder, SOURCES), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256');
  for (const file of [join(folder, CONFIG), ...files.sort()]) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    hash.update(`${relative(folder, file)} ${content}\n`);
  }
  return hash.digest('hex');
}

function versionOf(folder: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return String(version);
}

/** Compiles a folder's AssemblyScript into its `plugin.wasm`. Throws BuildProblem where the compiler is not installed or refuses the sources. */
export async function compileModule(folder: string): Promise<BuiltFrom> {
  const compiler = join(folder, COMPILER);
  if (!existsSync(compiler)) {
    throw new BuildProblem({
      state: 'the compiler is not installed',
      why: `${SOURCES}/ has changed since plugin.wasm was built, and the compiler is not installed`,
      fix: `Bring it: npm install in ${folder}`,
    });
  }
  // Read first: what is saved meanwhile is not what was built.
  const builtFrom: BuiltFrom = { compiler: versionOf(compiler), sources: sourcesDigest(folder) };
  const fresh = `${MODULE}.new`;
  try {
    await runCompiler(folder, join(compiler, 'bin/asc.js'), ['--config', CONFIG, '--outFile', fresh]);
    renameSync(join(folder, fresh), join(folder, MODULE));
  } finally {
    rmSync(join(folder, fresh), { force: true });
  }
  writeFileSync(join(folder, BUILT_FROM), `${JSON.stringify(builtFrom, null, 2)}\n`);
  return builtFrom;
}

/** In a thread: the installed program is no Node that could be started with a script. */
async function runCompiler(folder: string, script: string, args: readonly string[]): Promise<void> {
  const compiler = new Worker(script, { argv: ['--baseDir', folder, ...args], stdout: true, stderr: true });
  const ended = new Promise<number>((resolve, reject) => {
    compiler.once('error', reject);
    compiler.once('exit', resolve);
  });
  const [exitCode, out, said] = await Promise.all([ended, text(compiler.stdout), text(compiler.stderr)]);
  if (exitCode === 0 && existsSync(join(folder, `${MODULE}.new`))) return;
  const why = `${out}${said}`.trim();
  const place = /in (\S+\(\d+,\d+\))/.exec(why)?.[1];
  throw new BuildProblem({
    state: `${place ?? SOURCES}: the compiler refuses it`,
    why: why.replaceAll(/\s+/g, ' ').slice(0, 2000),
    fix: 'Mend that line and save it.',
  });
}

function builtFromOf(folder: string): BuiltFrom | undefined {
  if (!existsSync(join(folder, BUILT_FROM))) return undefined;
  const { compiler, sources }: { compiler?: unknown; sources?: unknown } = JSON.parse(
    readFileSync(join(folder, BUILT_FROM), 'utf8'),
  );
  return { compiler: String(compiler), sources: String(sources) };
}

/**
 * The module of a plugin's folder, built anew where its AssemblyScript has changed since. Throws where that needs a compiler that is
 * not installed: an older module in the place of what the sources say would be worse than none.
 */
export async function moduleOf(folder: string): Promise<PluginModule> {
  const file = join(folder, MODULE);
  if (!existsSync(join(folder, SOURCES))) return { bytes: readFileSync(file), compiler: undefined };
  const known = existsSync(file) ? builtFromOf(folder) : undefined;
  const { compiler } = known?.sources === sourcesDigest(folder) ? known : await compileModule(folder);
  return { bytes: readFileSync(file), compiler };
}
