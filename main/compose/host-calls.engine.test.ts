import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChannelPair } from '../../schema/client/channel-pair.ts';
import { createClient } from '../../schema/client/client.ts';
import type { AuditRecord } from '../../schema/audit-record.ts';
import { type Areas, areas } from '../../schema/contract/areas.ts';
import type { TokenView } from '../../schema/contract/policy.ts';
import type { Client } from '../../schema/contract/contract.ts';
import type { SessionId } from '../../schema/entities.ts';
import { silentLogger } from '../base/logger.ts';
import { composeKernel, type Kernel } from '../compose.ts';
import { OPERATOR } from '../hosts/socket/kernel-socket.ts';
import { serveChannel } from '../kernel/dispatch/serve-channel.ts';
import { openHome } from '../platform/home/home.ts';
import { buildPlugins, writeRawPlugin } from '../platform/plugin-files/testing.fixture.ts';
import { builtAgent } from '../platform/sandbox-agent/agent.fixture.ts';

const repository = resolve(import.meta.dirname, '../..');

/** Asks for each of the calls it is given, one after the other, in raw frames, and gives the answers. */
const ASKER = `
const { Socket } = require('net');
const s = new Socket({ fd: 3 });
const send = (f) => { const b = Buffer.from(JSON.stringify(f)); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b])); };
send({ id: 'hello', type: 'event', method: 'hello', params: { api: 1, plugin: 'asker', version: '1.0.0', tools: ['asker.go'] } });
let left = Buffer.alloc(0), next = 1;
const waiting = new Map();
async function go({ id, params }) {
  const answers = [];
  for (const call of params.input.calls) {
    const own = 'k' + next++;
    const answer = new Promise((done) => waiting.set(own, done));
    send({ id: own, type: 'request', method: 'host.call', params: { of: id, ...call } });
    const { result, error } = await answer;
    answers.push(error ? { error: error.code } : result);
  }
  send({ id, type: 'response', result: { fine: true, answers } });
}
s.on('data', (d) => {
  left = Buffer.concat([left, d]);
  while (left.length >= 4 && left.length >= 4 + left.readUInt32BE(0)) {
    const end = 4 + left.readUInt32BE(0);
    const frame = JSON.parse(left.subarray(4, end)); left = left.subarray(end);
    if (frame.type === 'request') void go(frame); else waiting.get(frame.id)?.(frame);
  }
});`;

/** Says hello and asks, past the agent, from a process beside it. */
const INTRUDER = `
const frames = [{ id: '0', type: 'event', method: 'hello', params: { protocol: 2, agent: 'x', node: 'x', pid: 1, terminals: [] } },
  { id: '1', type: 'request', method: 'host.call', params: { of: '1', method: 'tool.list', input: {} } }];
const s = require('net').connect('/run/cavern/kernel.sock', () => { for (const f of frames) {
  const b = Buffer.from(JSON.stringify(f)); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b])); } });
s.on('data', () => console.log('answered')).on('error', () => 0).on('close', () => console.log('refused'));`;

interface Answer {
  readonly result?: unknown;
  readonly token?: { readonly id: string };
  readonly error?: string;
}

let folder = '';
let kernel: Kernel;
let client: Client<Areas>;
let first: SessionId;
let second: SessionId;
let asked = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-asking-'));
  await chmod(folder, 0o755);
  const plugins = join(folder, 'plugins');
  await buildPlugins(plugins);
  await writeRawPlugin(plugins, 'asker', ASKER);
  const manifest = JSON.parse(await readFile(join(plugins, 'asker', 'plugin.json'), 'utf8')) as object;
  const capabilities = [{ name: 'workspace.read', paths: ['src/**'] }];
  const tool = { ...(manifest as { tools: object[] }).tools[0], timeoutMs: 60_000 }; // the fixture writes one
  await writeFile(join(plugins, 'asker', 'plugin.json'), JSON.stringify({ ...manifest, capabilities, tools: [tool] }));
  const home = openHome(join(folder, 'home'));
  const rule = '  - { name: asker, match: { syscall: asker.go }, action: allow }\n';
  await writeFile(home.policy, `${await readFile(join(repository, 'profiles/policy.yaml'), 'utf8')}\n${rule}`);
  const files = { root: join(folder, 'program'), agent: await builtAgent(), plugins, renderer: '', preload: '' };
  kernel = await composeKernel({
    home,
    files: { ...files, profiles: join(repository, 'profiles') },
    version: '0.0.0',
    electron: null,
    logger: silentLogger,
  });
  const [near, far] = createChannelPair();
  serveChannel({ dispatch: kernel.dispatch, channel: far, caller: OPERATOR });
  client = createClient(areas, near);
  [first, second] = [await started('one'), await started('two')];
});

afterAll(async () => {
  for (const { id } of (await client.session.list({})).sessions) await client.session.remove({ session: id });
  await kernel[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function started(name: string): Promise<SessionId> {
  const workspace = join(folder, name);
  await mkdir(join(workspace, 'src'), { recursive: true });
  await chmod(workspace, 0o755);
  await writeFile(join(workspace, 'src/a.txt'), `${name}\n`);
  await writeFile(join(workspace, 'notes.txt'), 'notes\n');
  return (await client.session.create({ workspace, name })).id;
}

async function ask(session: SessionId, ...calls: object[]): Promise<Answer[]> {
  let answers: Answer[] = [];
  asked += 1;
  for await (const event of client.tool.call({ session, name: 'asker.go', input: { calls } })) {
    if (event.type === 'result') ({ answers } = event.result as { answers: Answer[] }); // the plugin is ours
  }
  return answers;
}

const read = (more: object = {}) => ({
  method: 'tool.call',
  input: { name: 'fs.read', input: { path: 'src/a.txt' } },
  ...more,
});

const tokens = async (): Promise<TokenView[]> => (await client.policy.tokens({})).tokens;

/** The newest first. Records are on disk within half a second; in their order, so that a last call shows that all are there. */
async function recordsOf(...types: AuditRecord['type'][]): Promise<AuditRecord[]> {
  await ask(second);
  const ended = { types: ['call_finished' as const], tool: 'asker.go', actor: 'operator' };
  const finished = async () => (await client.audit.log({ filters: ended, limit: 1000 })).records.length;
  await expect.poll(finished, { timeout: 30_000 }).toBe(asked);
  return (await client.audit.log({ filters: { types }, limit: 1000 })).records;
}
/** Decisions about `fs.read` by a token, the newest first. */
const byToken = async (): Promise<AuditRecord[]> =>
  (await recordsOf('call_decided')).filter(({ actor, token }) => actor === 'plugin:asker' && token !== undefined);

/** A token of the first session and its handle. */
async function given(): Promise<{ id: string; handle: string }> {
  const [answer] = await ask(first, read({ wants: 'token' }));
  const id = answer?.token?.id ?? '';
  const [issued] = await recordsOf('capability_issued');
  return { id, handle: issued?.token ?? '' };
}

it('a policy that was written by hand is recorded when it comes into force, at a start and while the kernel runs', async () => {
  expect(await recordsOf('policy_changed')).toMatchObject([{ actor: 'operator', reason: 'edited by hand' }]);
  const policy = join(folder, 'home/policy.yaml');
  await writeFile(policy, `${await readFile(policy, 'utf8')}# by hand\n`);
  await expect.poll(async () => (await recordsOf('policy_changed')).length, { timeout: 30_000 }).toBe(2);
});

describe('a plugin in a container', () => {
  it('asks for a call, is known by the system, and repeats it by a token that is listed and recorded', async () => {
    const [answer] = await ask(first, read({ wants: 'token' }));
    expect(answer).toMatchObject({ result: { content: 'one\n' }, token: { maxOps: 256, ttlMs: 30_000 } });
    const id = answer?.token?.id ?? '';
    const { sandboxes } = await client.sandbox.list({});
    const containerId = sandboxes.find(({ session }) => session === first)?.containerId;
    const [view] = await tokens();
    expect(view).toMatchObject({ containerId, session: first, syscall: 'fs.read', pathGlobs: ['src/a.txt'] });
    expect(await readFile(`/proc/${view?.peerPid ?? 0}/cgroup`, 'utf8')).toContain(containerId);
    const [again] = await ask(first, read({ token: { id, nonce: 1 } }));
    expect(again).toEqual({ result: expect.objectContaining({ content: 'one\n' }) });
    expect((await tokens())[0]).toMatchObject({ token: view?.token, opsLeft: 255 });
    const [issued] = await recordsOf('capability_issued');
    expect(issued).toMatchObject({ actor: 'plugin:asker', session: first, token: view?.token, tool: 'fs.read' });
    expect(await byToken()).toMatchObject([{ token: view?.token, decision: 'allow', session: first }]);
    expect(JSON.stringify(await recordsOf('capability_issued', 'call_decided', 'call_finished'))).not.toContain(id);
  });

  it('is bound by its manifest and by the policy', async () => {
    const call = (name: string, input: object) => ({ method: 'tool.call', input: { name, input } });
    const answers = await ask(
      first,
      call('fs.read', { path: 'notes.txt' }),
      call('fs.read', { path: 'src/../notes.txt' }),
      call('fs.write', { path: 'src/a.txt', content: '' }),
      call('git.status', {}),
      call('asker.go', { calls: [] }),
      { method: 'policy.update', input: { text: 'version: 1\nrules: []\n' } },
      { method: 'tool.list', input: {} },
      read({ of: '999' }),
    );
    const beyond = Array.from({ length: 6 }, () => ({ error: 'not_granted' }));
    expect(answers).toEqual([...beyond, { error: 'denied' }, { error: 'invalid_input' }]);
  });

  it('cannot use the token of another container, twice the same number, or one that it made up', async () => {
    const before = (await byToken()).length;
    const { id } = await given();
    expect(await ask(second, read({ token: { id, nonce: 1 } }))).toMatchObject([{ result: { content: 'two\n' } }]);
    expect((await byToken()).length).toBe(before);
    await ask(
      first,
      read({ token: { id, nonce: 1 } }),
      read({ token: { id, nonce: 1 } }),
      read({ token: { id, nonce: 0 } }),
    );
    expect((await byToken()).length).toBe(before + 1);
    await ask(
      first,
      read({ token: { id: `cav_${'f'.repeat(8)}_${'f'.repeat(40)}`, nonce: 1 } }),
      read({ token: { id: '', nonce: -1 } }),
    );
    expect((await byToken()).length).toBe(before + 1);
  });

  it('cannot be replaced by a process beside the agent', async () => {
    let printed = '';
    for await (const event of client.sandbox.exec({ session: first, argv: ['node', '-e', INTRUDER] })) {
      if (event.type === 'output') printed += Buffer.from(event.base64, 'base64').toString();
    }
    expect(printed).toBe('refused\n');
  });

  it('loses a token that the operator ends, and every one with its sandbox', async () => {
    const { id, handle } = await given();
    const before = (await byToken()).length;
    await client.policy.revokeToken({ token: handle });
    await ask(first, read({ token: { id, nonce: 1 } }));
    expect((await byToken()).length).toBe(before);
    const last = await given();
    await client.session.stop({ session: first });
    expect((await tokens()).filter(({ session }) => session === first)).toEqual([]);
    const ended = (await recordsOf('capability_ended')).map(({ token, reason }) => [token, reason]);
    expect(ended).toContainEqual([handle, 'the operator ended it']);
    expect(ended).toContainEqual([last.handle, 'its sandbox ended']);
    await client.session.resume({ session: first });
    expect(await ask(first, read({ token: { id: last.id, nonce: 1 } }))).toMatchObject([
      { result: { content: 'one\n' } },
    ]);
    expect((await byToken()).length).toBe(before);
  });
});
