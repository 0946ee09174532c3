import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testAuthority } from '../main/hosts/http/testing/certificates.ts';
import { areas } from '../schema/contract/areas.ts';
import { cavernClient, CavernError } from '../schema/http/client/cavern-client.ts';
import { routesOf } from '../schema/http/routes.ts';

const repository = resolve(import.meta.dirname, '..');
const cli = join(repository, 'out', 'cli', 'index.js');
const page = await readFile(join(import.meta.dirname, 'api.md'), 'utf8');
/** The commands of the page: first the one that serves, then a request. */
const [serveExample = '', createExample = ''] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(
  ([, block = '']) => block,
);
/** Of the page; the test takes one that is free. */
const PORT = '7433';
const LIMIT = { timeout: 60_000, interval: 100 };

let folder = '';
let server: ChildProcess;
let url = '';
let token = '';
let id = '';
let client: ReturnType<typeof cavernClient>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-api-'));
  const args = serveExample.trim().replace('cavern ', '').replace(PORT, '0').split(' ');
  const env = { ...process.env, CAVERN_HOME: join(folder, 'home') };
  server = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (server.stdout === null) throw new Error('no standard output');
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
  ({ url } = JSON.parse(line) as { url: string });
  token = (await readFile(join(folder, 'token'), 'utf8')).trim();
  client = cavernClient({ url, token });
}, 120_000);

afterAll(async () => {
  if (id !== '') await client.box.remove({ session: id });
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  await rm(folder, { recursive: true, force: true });
}, 120_000);

/** A terminal of its own in the sandbox, and what was heard of it. */
function openTerminal() {
  const options: unknown = { headers: { authorization: `Bearer ${token}` } };
  // Node's takes headers; the type is that of a browser's.
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/sandboxes/${id}/terminal`, options as string[]);
  let text = '';
  const types: string[] = [];
  const closed = new Promise((done) => socket.addEventListener('close', done));
  socket.addEventListener('message', ({ data }) => {
    const heard = JSON.parse(String(data)) as { type: string; text?: string };
    types.push(heard.type);
    text += heard.text ?? '';
  });
  return { socket, types, text: () => text, closed };
}

function codeOf(thrown: unknown): string {
  return thrown instanceof CavernError ? thrown.code : String(thrown);
}

describe('docs/api.md', () => {
  it('names only calls that there are', () => {
    const known = routesOf(areas).map(({ path }) => path.replace('/api/v1', '').replaceAll(/\{[^}]*\}/g, '*'));
    const named = [...page.matchAll(/`(?:GET|POST|DELETE) (\/[^`?]*)/g)].map(([, path = '']) =>
      path.replaceAll(/[A-Z]{2,}/g, '*'),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !known.includes(path))).toEqual([]);
  });

  it('shows how to start a sandbox, with a token that only its owner reads', async () => {
    expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
    const command = createExample.replace(`http://127.0.0.1:${PORT}`, url);
    const { stdout } = await promisify(execFile)('bash', ['-c', command], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ namespace: 'ci', name: 'build-1', state: 'running' });
    ({ id } = JSON.parse(stdout) as { id: string });
  });
});

it('shows the client of TypeScript at work', async () => {
  const [, block = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const ours = pathToFileURL(join(repository, 'schema/http/client/cavern-client.ts')).href;
  const program = block.replace('./cavern-client.ts', ours).replace(`http://127.0.0.1:${PORT}`, url);
  const file = join(folder, 'example.ts');
  await writeFile(
    file,
    `const token = ${JSON.stringify(token)};\n${program}console.log(JSON.stringify({ exit_code, stdout }));\n`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  expect(JSON.parse(stdout)).toEqual({ exit_code: 0, stdout: 'hello\n' });
});

it('shows how to serve other machines, over TLS', async () => {
  const [, example = ''] = /```text\ncavern (serve .*)\n```/.exec(page) ?? [];
  const authority = await testAuthority('ours');
  const [own, program] = [await authority.issue([{ type: 'ip', value: '127.0.0.1' }]), await authority.issue([])];
  await writeFile(join(folder, 'server.pem'), own.certificate);
  await writeFile(join(folder, 'server.key'), own.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'clients.pem'), authority.certificate);
  const args = example.replace(PORT, '0').replace('192.0.2.7', '127.0.0.1').split(' ');
  const env = { ...process.env, CAVERN_HOME: join(folder, 'tls-home') };
  const served = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (served.stdout === null) throw new Error('no standard output');
  const [line] = (await once(createInterface(served.stdout), 'line')) as [string];
  const { url: secure } = JSON.parse(line) as { url: string };
  const asked = get(`${secure}/openapi.json`, {
    ca: authority.certificate,
    cert: program.certificate,
    key: program.privateKey,
  });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  expect([new URL(secure).protocol, answer.statusCode]).toEqual(['https:', 200]);
  await once(answer, 'end');
  // The same, kept in the settings.
  const [, setting = ''] = /```console\n\$ cavern (config set gateway .*)\n```/.exec(page) ?? [];
  const place = setting.replace('192.0.2.7', '127.0.0.1').replaceAll('/etc/cavern/', `${folder}/`);
  const script = `"$NODE" "$CLI" ${place}`;
  const kept = await promisify(execFile)('bash', ['-c', script], { env: { ...env, NODE: process.execPath, CLI: cli } });
  expect(kept.stdout).toContain(`"certificate":"${folder}/server.pem"`);
  const ended = once(served, 'exit');
  served.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

describe('a program’s day', () => {
  it('runs commands in a sandbox, reads along, and sees what changed', async () => {
    const script = 'cat > a.txt; echo done; echo careful >&2; exit 3';
    const session = id;
    const command = { session, command: 'sh', args: ['-c', script], stdin: 'hello\n' };
    expect(await client.box.exec(command)).toMatchObject({
      exit_code: 3,
      stdout: 'done\n',
      stderr: 'careful\n',
      timed_out: false,
      truncated: false,
    });
    const late = await client.box.exec({ session, command: 'sleep', args: ['600'], timeout_ms: 200 });
    expect(late).toMatchObject({ timed_out: true });
    expect(await client.box.executions({ session, limit: 1 })).toMatchObject({
      executions: [{ command: 'sleep 600', timed_out: true }],
    });
    expect(await client.changes.list({ session })).toMatchObject({
      changes: [{ path: 'a.txt', kind: 'added', size_bytes: 6 }],
    });
    expect(await client.tool.call({ name: 'fs.read', session, input: { path: 'a.txt' } })).toMatchObject({
      type: 'result',
      result: { content: 'hello\n' },
    });
    expect(await client.sandbox.stats({ session })).toMatchObject({ pids: expect.any(Number) });
  });

  it('approves and rejects what changed, as it is now', async () => {
    const session = id;
    const said = { paths: ['a.txt'] };
    expect([await client.review.approve({ session }), await client.review.reject({ session, ...said })]).toEqual([
      said,
      said,
    ]);
    // What was rejected is left where a merge takes what was reviewed.
    expect(await client.merge.apply({ session, dry_run: true, reviewed: true }, { waitSeconds: 0 }).catch(codeOf)).toBe(
      'needs_review',
    );
    expect(await client.review.approve({ session, paths: ['b.txt'] }).catch(codeOf)).toBe('not_found');
  });

  it('follows the log, and goes on behind the line that it saw last', async () => {
    const stop = new AbortController();
    const follow = async (last: string): Promise<ReadableStreamDefaultReader<string>> => {
      const headers = { authorization: `Bearer ${token}`, ...(last === '' ? {} : { 'last-event-id': last }) };
      const response = await fetch(`${url}/api/v1/sandboxes/${id}/logs`, { headers, signal: stop.signal });
      if (response.body === null) throw new Error('no events');
      return response.body.pipeThrough(new TextDecoderStream()).getReader();
    };
    const until = async (reader: ReadableStreamDefaultReader<string>, text: string): Promise<string> => {
      let seen = '';
      while (!seen.includes(text)) seen += (await reader.read()).value ?? '';
      return seen;
    };
    const first = await until(await follow(''), '"careful"');
    const ids = [...first.matchAll(/^id: (\d+)$/gm)].map(([, each = '']) => each);
    const resumed = await follow(ids.at(-1) ?? '');
    await client.box.exec({ session: id, command: 'echo', args: ['later'] });
    expect(await until(resumed, '"later"')).not.toContain('"careful"');
    stop.abort();
  });

  it('types into a terminal, with the messages of the page, and is told of those that are none', async () => {
    const messages = [...page.matchAll(/`(\{"type":"(\w+)".*?\})`/g)].filter(([text]) => !text.includes('…'));
    const message = Object.fromEntries(messages.map(([, text = '', type = '']) => [type, text]));
    const terminal = openTerminal();
    await vi.waitFor(() => expect(terminal.types).toContain('snapshot'), LIMIT);
    terminal.socket.send(JSON.stringify({ type: 'write', text: 'echo $((6 * 7))-typed\n' }));
    await vi.waitFor(() => expect(terminal.text()).toContain('42-typed'), LIMIT);
    terminal.socket.send(message['write'] ?? '');
    await vi.waitFor(() => expect(terminal.text()).toContain('a.txt'), LIMIT);
    terminal.socket.send(message['resize'] ?? '');
    await vi.waitFor(() => expect(terminal.types).toContain('resize'), LIMIT);
    for (const broken of [
      '',
      '[]',
      '{"type":"resize","cols":0,"rows":-1}',
      '{"type":"write","text":7}',
      '{"type":"x"}',
    ])
      terminal.socket.send(broken);
    await vi.waitFor(() => expect(terminal.types.filter((type) => type === 'error')).toHaveLength(5), LIMIT);
    terminal.socket.send(message['close'] ?? '');
    await terminal.closed;
    expect([terminal.types[0], terminal.types.at(-1)]).toEqual(['opened', 'exit']);
  });

  it('is shut out of what is another’s', async () => {
    const { token: others } = await client.key.issue({ scope: 'namespace:other' });
    const status = async (path: string): Promise<number> =>
      (await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${others}` } })).status;
    expect([
      await status(`/sandboxes/${id}`),
      await status(`/sandboxes/${id}/logs`),
      await status('/sandboxes?namespace=ci'),
      await status('/keys'),
      await status('/sandboxes/aaaaaaaaaa'),
      await status('/sandboxes?namespace=other'),
    ]).toEqual([403, 403, 403, 403, 404, 200]);
  });

  it('stops and starts the sandbox with what it wrote', async () => {
    const session = id;
    expect(await client.box.stop({ session })).toMatchObject({ state: 'stopped' });
    await expect(client.box.exec({ session, command: 'true' })).rejects.toMatchObject({ status: 409 });
    expect(await client.box.start({ session })).toMatchObject({ state: 'running' });
    expect(await client.box.exec({ session, command: 'cat', args: ['a.txt'] })).toMatchObject({ stdout: 'hello\n' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
