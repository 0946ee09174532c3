import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { runLine } from '../main/cli/testing/run-line.ts';

const repository = resolve(import.meta.dirname, '..');
const cli = join(repository, 'out', 'cli', 'index.js');
const inspector = join(repository, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');

interface Server {
  readonly command: string;
  readonly args: string[];
}

let folder = '';
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cavern-mcp-docs-')));
  await mkdir(join(folder, 'sample'));
  await writeFile(join(folder, 'sample', 'README.md'), 'hello\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function cavern(...args: string[]): Promise<string> {
  const env = { ...process.env, CAVERN_HOME: join(folder, 'home') };
  const cwd = join(folder, 'sample');
  return (await promisify(execFile)(process.execPath, [cli, ...args], { cwd, env })).stdout;
}

/** Tables of texts and lists of texts: all that a block has. Both are written as in JSON. */
function parseToml(text: string): unknown {
  const [, name = '', body = ''] = /^\[([\w.]+)\]\n([^]*)$/.exec(text) ?? [];
  const entries = body
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ = (.*)/, 2));
  const table = Object.fromEntries(entries.map(([key = '', value = '']) => [key, JSON.parse(value) as unknown]));
  return name.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), table);
}

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  json: JSON.parse,
  yaml: parseYaml,
  toml: parseToml,
};

/** Where the block says how the server is started, however deep. */
function serverIn(value: unknown): Server | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('command' in value && 'args' in value) return { command: String(value.command), args: value.args as string[] }; // compared below
  return Object.values(value)
    .map(serverIn)
    .find((found) => found !== undefined);
}

/** The same command line in this process: a process for each would start for a second every time. */
async function configLine(...args: string[]): Promise<string> {
  const home = ['--home', join(folder, 'home')];
  const program = [process.execPath, cli] as const;
  return (await runLine(['mcp', 'config', ...args, ...home, '--json'], {}, { program: [...program] })).stdout;
}

test('every command that the page shows works', async () => {
  const page = await readFile(join(repository, 'docs/mcp.md'), 'utf8');
  const commands = [...page.matchAll(/^\$ cavern (.*)$/gm)].map(([, line = '']) => line.split(' '));
  expect(commands.length).toBeGreaterThan(1);
  for (const words of commands) expect(await cavern(...words)).not.toBe('');
});

test('the official inspector shows what the page says that it shows', async () => {
  const page = await readFile(join(repository, 'docs/mcp.md'), 'utf8');
  const [, line = ''] = /`npx @modelcontextprotocol\/inspector (.*?)`/.exec(page) ?? [];
  expect(line).not.toBe('');
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'cavern'), `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`, { mode: 0o755 });
  const env = {
    ...process.env,
    HOME: folder,
    CAVERN_HOME: join(folder, 'home'),
    PATH: `${bin}:${process.env['PATH']}`,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [inspector, ...line.split(' ')], {
    cwd: join(folder, 'sample'),
    env,
  });
  const { tools } = JSON.parse(stdout) as { tools: { name: string }[] }; // as the protocol has it
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['sandbox_start', 'changes_apply', 'fs_read']));
});

test('each program’s block is of its format and starts a server that answers', async () => {
  const { programs } = JSON.parse(await configLine()) as {
    programs: { id: string; format: string }[];
  };
  expect(programs.length).toBeGreaterThan(5);
  const started = new Set<string>();
  for (const { id, format } of programs) {
    const said = JSON.parse(await configLine(id, join(folder, 'sample'))) as { block: string; server: Server };
    expect(serverIn(PARSERS[format]?.(said.block)), id).toEqual(said.server);
    started.add(JSON.stringify(said.server));
  }
  // They all start the same one.
  expect(started.size).toBe(1);
  const { command, args } = JSON.parse([...started][0] ?? '') as Server;
  const client = new Client({ name: 'test', version: '1' });
  // Programs give a server little of their environment, and start it anywhere.
  await client.connect(new StdioClientTransport({ command, args, cwd: tmpdir() }), { timeout: 60_000 });
  const { tools } = await client.listTools();
  const page = await readFile(join(repository, 'docs/mcp.md'), 'utf8');
  const listed = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(
    ([, names = '']) => names.match(/\w+/g) ?? [],
  );
  const own = tools.map(({ name }) => name).filter((name) => /^(sandbox|changes)_/.test(name));
  expect(new Set(listed)).toEqual(new Set(own));
  const sample = await client.callTool({ name: 'sandbox_list', arguments: {} });
  expect(sample.structuredContent).toEqual({ sessions: [], sandboxes: [] });
  await client.close();
});
