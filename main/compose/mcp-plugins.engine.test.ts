import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import type { PluginManifest } from '../../schema/plugin-manifest.ts';
import { builtAgent } from '../platform/sandbox-agent/agent.fixture.ts';
import { KernelWithPlugins } from './testing/kernel-with-plugins.ts';

const repository = resolve(import.meta.dirname, '../..');
/** ES modules with CommonJS in them. */
const BANNER = "import{createRequire as __requireOf}from'node:module';const require=__requireOf(import.meta.url);";

const SET: Partial<PluginManifest> = {
  env: { LEVEL: 'at-${settings.level}', ROOT: '${settings.root}' },
  settings: { type: 'object', properties: { level: { type: 'integer', default: 1 }, root: { type: 'string' } } },
};

/** An MCP server in Python with nothing but what the smallest Python has: not even `json`. */
const PYTHON = `
import os, re, sys
def say(id, result): print('{"jsonrpc":"2.0","id":%s,"result":%s}' % (id, result))
for line in sys.stdin:
    id = re.search(r'"id":(\\d+)', line)
    if id is None: continue
    method = re.search(r'"method":"([^"]+)"', line).group(1)
    if method == 'initialize':
        version = re.search(r'"protocolVersion":"([^"]+)"', line).group(1)
        say(id.group(1), '{"protocolVersion":"%s","capabilities":{"tools":{}},"serverInfo":{"name":"py","version":"1.0.0"}}' % version)
    elif method == 'tools/list':
        say(id.group(1), '{"tools":[{"name":"folder","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}]}')
    else:
        say(id.group(1), '{"content":[{"type":"text","text":"%s %s"}]}' % (os.getcwd(), sys.argv[1]))
`;

async function writePythonPlugin(plugins: string): Promise<void> {
  const folder = join(plugins, 'snake');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'server.py'), PYTHON);
  const bridge = join(await builtAgent(), 'mcp-bridge.cjs');
  const args = [bridge, '--manifest', 'snake', 'server.py', 'a b'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  await writeFile(join(folder, 'plugin.json'), stdout);
}

/** An MCP server that is a program by itself: no runtime has to be in the sandbox. */
const GO = `package main
import ("bufio"; "encoding/json"; "fmt"; "os")
type fields = map[string]any
func main() {
  for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
    var asked struct { Id *int; Method string; Params struct { ProtocolVersion string } }
    if json.Unmarshal(lines.Bytes(), &asked) != nil || asked.Id == nil { continue }
    result := fields{"content": []fields{{"type": "text", "text": os.Args[1] + " " + os.Getenv("LEVEL")}}}
    switch asked.Method {
    case "initialize":
      result = fields{"protocolVersion": asked.Params.ProtocolVersion, "capabilities": fields{"tools": fields{}}, "serverInfo": fields{"name": "go", "version": "1.0.0"}}
    case "tools/list":
      result = fields{"tools": []fields{{"name": "told", "inputSchema": fields{"type": "object"}}}}
    }
    answer, _ := json.Marshal(fields{"jsonrpc": "2.0", "id": *asked.Id, "result": result})
    fmt.Println(string(answer))
  }
}
`;

/** Its mode says nothing in a package: what of it is a program, the manifest says. */
async function writeGoPlugin(plugins: string): Promise<void> {
  const folder = join(plugins, 'gopher');
  const sources = join(plugins, '..', 'sources');
  await mkdir(folder, { recursive: true });
  await mkdir(sources, { recursive: true });
  await writeFile(join(sources, 'server.go'), GO);
  const env = { ...process.env, CGO_ENABLED: '0', GOCACHE: join(sources, 'cache'), GOPATH: join(sources, 'path') };
  const built = join(folder, 'server');
  await promisify(execFile)('go', ['build', '-o', built, 'server.go'], { cwd: sources, env });
  const bridge = join(await builtAgent(), 'mcp-bridge.cjs');
  const args = [bridge, '--program', 'binary', '--manifest', 'gopher', 'server', 'a b'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  await chmod(built, 0o644);
  const manifest = JSON.parse(stdout) as PluginManifest; // what the bridge writes is tested beside it
  await writeFile(join(folder, 'plugin.json'), JSON.stringify({ ...manifest, env: { LEVEL: 'info' } }));
}

let kernel: KernelWithPlugins;
let session: SessionId;

interface McpPlugin {
  readonly id: string;
  /** A package of the registry. */
  readonly server: string;
  /** What is added to the draft of its manifest. */
  readonly more?: Partial<PluginManifest>;
}

/** Packs a server of the registry as whoever wants to offer it would: bundled, with the manifest that the bridge drafts. */
async function writeMcpPlugin(plugins: string, { id, server, more }: McpPlugin): Promise<void> {
  const folder = join(plugins, id);
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(repository, 'node_modules/@modelcontextprotocol', server, 'dist/index.js')],
    outfile: join(folder, 'server.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: BANNER },
    logLevel: 'error',
  });
  const bridge = join(await builtAgent(), 'mcp-bridge.cjs');
  const drafted = await promisify(execFile)(process.execPath, [bridge, '--manifest', id, 'server.mjs'], {
    cwd: folder,
  });
  const manifest = { ...(JSON.parse(drafted.stdout) as PluginManifest), ...more }; // what the bridge writes is tested beside it
  await writeFile(join(folder, 'plugin.json'), JSON.stringify(manifest));
}

beforeAll(async () => {
  const install = async (plugins: string): Promise<void> => {
    await writeMcpPlugin(plugins, { id: 'files', server: 'server-filesystem' });
    await writeMcpPlugin(plugins, { id: 'everything', server: 'server-everything' });
    await writePythonPlugin(plugins);
    await writeGoPlugin(plugins);
    await writeMcpPlugin(plugins, { id: 'set', server: 'server-everything', more: SET });
  };
  const reading = ['files.read_text_file', 'files.list_directory', 'files.write_file'];
  const trying = ['everything.echo', 'everything.get-sum', 'everything.trigger-long-running-operation'];
  const set = ['snake.folder', 'gopher.told', 'set.get-env', 'set.trigger-long-running-operation'];
  kernel = await KernelWithPlugins.open(async () => undefined, [...reading, ...trying, ...set], install);
  session = await kernel.session('one');
});
afterAll(() => kernel[Symbol.asyncDispose]());

describe('MCP servers of the registry, each in a sandbox of its own', () => {
  it('are listed with their tools beside the other plugins', async () => {
    const { plugins } = await kernel.client.plugin.list({});
    const found = plugins.filter(({ id }) => id === 'files' || id === 'everything');
    expect(found.map(({ id, state, reason }) => [id, state, reason])).toEqual([
      ['everything', 'registered', undefined],
      ['files', 'registered', undefined],
    ]);
    expect(found.every(({ tools }) => tools.length > 5)).toBe(true);
  });

  it('server-filesystem sees the session’s workspace, writes into the session only, and gets nowhere else', async () => {
    const text = (value: string) => ({ result: { content: [{ type: 'text', text: value }] } });
    expect(await kernel.call(session, 'files.read_text_file', { path: 'a.txt' })).toMatchObject(text('one\n'));
    await kernel.call(session, 'files.write_file', { path: 'b.txt', content: 'new\n' });
    expect(await kernel.call(session, 'fs.read', { path: 'b.txt' })).toMatchObject({ result: { content: 'new\n' } });
    const { changes } = await kernel.client.changes.list({ session });
    expect(changes.map(({ path, kind }) => [path, kind])).toEqual([['b.txt', 'added']]);
    expect(await kernel.call(session, 'files.read_text_file', { path: '/etc/passwd' })).toEqual({ code: 'denied' });
  });

  it('server-everything answers, tells its progress and is cancelled', async () => {
    expect(await kernel.call(session, 'everything.echo', { message: 'grüße' })).toMatchObject({
      result: { content: [{ type: 'text', text: 'Echo: grüße' }] },
    });
    expect(await kernel.call(session, 'everything.get-sum', { a: 2, b: 'x' })).toEqual({ code: 'invalid_input' });
    const abort = new AbortController();
    const input = { duration: 600, steps: 600 };
    const name = 'everything.trigger-long-running-operation';
    const events = kernel.client.tool.call({ session, name, input }, { signal: abort.signal })[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: 'progress', done: 1, total: 600 } });
    abort.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('may be written in Python', async () => {
    expect(await kernel.call(session, 'snake.folder', {})).toEqual({
      result: { content: [{ type: 'text', text: '/workspace a b' }] },
    });
  });

  it('may be programs by themselves', async () => {
    expect(await kernel.call(session, 'gopher.told', {})).toEqual({
      result: { content: [{ type: 'text', text: 'a b info' }] },
    });
  });

  it('are started with what is set, anew when that changes, and no call under way is lost', async () => {
    const variables = async (): Promise<unknown> => {
      const { result } = await kernel.call(session, 'set.get-env', {});
      const { content } = result as { content: { text: string }[] }; // the server's form
      const { LEVEL, ROOT } = JSON.parse(content[0]?.text ?? '') as Record<string, unknown>;
      return { LEVEL, ROOT };
    };
    expect(await variables()).toEqual({ LEVEL: 'at-1', ROOT: undefined });
    const name = 'set.trigger-long-running-operation';
    const events = kernel.client.tool.call({ session, name, input: { duration: 2, steps: 4 } })[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: 'progress' } });
    await kernel.client.plugin.configure({ id: 'set', values: { level: 2, root: 'a b' } });
    expect(await variables()).toEqual({ LEVEL: 'at-2', ROOT: 'a b' });
    let last: unknown;
    for (let next = await events.next(); next.done !== true; next = await events.next()) last = next.value;
    expect(last).toMatchObject({ type: 'result' });
    await expect(kernel.client.plugin.configure({ id: 'set', values: { level: 'x' } })).rejects.toMatchObject({
      code: 'invalid_setting',
    });
  });

  it('are judged by the policy and recorded as any plugin', async () => {
    expect(await kernel.call(session, 'everything.get-env', {})).toEqual({ code: 'denied' });
    const decided = async () =>
      (await kernel.records({ types: ['call_decided'], tool: 'everything.get-env' })).map(({ decision }) => decision);
    await expect.poll(decided, { timeout: 30_000 }).toEqual(['deny']);
    const finished = await kernel.records({ types: ['call_finished'], tool: 'files.write_file' });
    expect(finished).toMatchObject([{ actor: 'operator', session }]);
  });
});
