import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client as McpClient } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { startKernel, type KernelProcess } from '../../compose/testing/kernel-process.ts';
import { openEngine, presentEngines, type TestEngine } from '../../platform/container-engine/testing/engines.ts';
import { writeRawPlugin } from '../../platform/plugin-files/testing.fixture.ts';
import { callTool, startProgram, type ProgramOptions } from './testing/agent-program.ts';
import { denyAll, ODD_OUTCOMES, outcomeOf, sampleOf } from './testing/every-tool.ts';

const POLICY = join(import.meta.dirname, '../../../profiles/policy.yaml');
const DENIED = `
  - { name: nothing-is-removed, match: { syscall: fs.remove, caller_tag: [agent] }, action: deny, reason: Agents keep files }
`;
const TOKEN = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
const TEST_FILE = `import { test } from 'node:test';
import assert from 'node:assert';
import { add } from './add.js';
test('adds', () => assert.equal(add(2, 3), 5));
`;

let opened: TestEngine;
let kernel: KernelProcess;
let operator: Client<Areas>;
let folder: string;
let programs: McpClient[] = [];

const home = (): string => join(folder, 'home');
const workspace = (): string => join(folder, 'workspace');

async function program(options: Partial<ProgramOptions> = {}): Promise<McpClient> {
  const client = await startProgram({ home: home(), socket: opened.socket, args: [workspace()], ...options });
  programs.push(client);
  return client;
}

async function started(client: McpClient): Promise<SessionId> {
  const { structured, text, failed } = await callTool(client, 'sandbox_start', {});
  expect(failed, text).toBe(false);
  return structured['id'] as SessionId; // just given by the kernel
}

/** The operator answers the next question of an agent. */
async function operatorAnswers(answer: 'once' | 'deny'): Promise<string> {
  for await (const { approvals } of operator.approval.watch({})) {
    const [asked] = approvals.filter(({ actor }) => actor.startsWith('agent:'));
    if (asked === undefined) continue;
    await operator.approval.decide({ approval: asked.id, answer, reason: 'by the test' });
    return asked.syscall;
  }
  throw new Error('The kernel has gone');
}

beforeAll(async () => {
  opened = await openEngine(presentEngines()[0] ?? 'docker');
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cavern-mcp-')));
  await Promise.all([mkdir(home()), mkdir(workspace()), mkdir(join(folder, 'other'))]);
  await writeFile(
    join(home(), 'policy.yaml'),
    (await readFile(POLICY, 'utf8')).replace(/^rules:\n/m, `rules:\n${DENIED}`),
  );
  await writeFile(join(home(), 'settings.json'), JSON.stringify({ sandboxPoolMiB: 0, allowUnsignedPlugins: true }));
  await writeFile(join(workspace(), 'README.md'), 'hello\n');
  kernel = await startKernel({ home: home(), socket: opened.socket });
  operator = kernel.client;
});

afterEach(async () => {
  await Promise.all(programs.map((client) => client.close()));
  programs = [];
});

afterAll(async () => {
  const { sessions } = await operator.session.list({});
  for (const { id } of sessions) await operator.session.remove({ session: id });
  await kernel.end('SIGTERM');
  await opened[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('cavern mcp', () => {
  it('lists the tools of Cavern and of every plugin, and each can be called', async () => {
    const client = await program();
    const { tools } = await client.listTools();
    const { tools: known } = await operator.tool.list({});
    expect(tools.map(({ name }) => name)).toEqual([
      'sandbox_start',
      'sandbox_stop',
      'sandbox_list',
      'sandbox_run_code',
      'sandbox_exec',
      'changes_diff',
      'changes_apply',
      ...known.map(({ name }) => name.replaceAll('.', '_')),
    ]);
    expect(tools.filter(({ outputSchema }) => outputSchema === undefined)).toEqual([]);
    const session = await started(client);
    const outcomes: Record<string, string | undefined> = {};
    {
      // What a tool says to an input of no sense is its own answer.
      await using _nobody = denyAll(operator);
      for (const { name, inputSchema } of tools) {
        if (name === 'sandbox_start' || name === 'sandbox_stop') continue;
        const result = await client.callTool({ name, arguments: sampleOf(inputSchema, session) }, { timeout: 90_000 });
        outcomes[name] = outcomeOf(result);
      }
    }
    expect(Object.entries(outcomes).filter(([, outcome]) => ODD_OUTCOMES.has(outcome))).toEqual([]);
    expect(outcomes).toMatchObject({
      sandbox_exec: 'answered',
      sandbox_list: 'answered',
      changes_diff: 'answered',
      fs_remove: 'denied',
    });
    const stopped = await callTool(client, 'sandbox_stop', { session });
    expect(stopped.structured).toMatchObject({ id: session, state: 'stopped' });
  });

  it('is an agent’s whole day: start, write, run the tests, see the difference, ask for the merge, get the answer', async () => {
    const client = await program();
    const session = await started(client);
    const write = (path: string, content: string) => callTool(client, 'fs_write', { session, path, content });
    await write('package.json', '{"type":"module"}\n');
    await write('add.js', 'export const add = (a, b) => a - b;\n');
    await write('add.test.js', TEST_FILE);
    const test = () => callTool(client, 'sandbox_exec', { session, argv: ['node', '--test'] });
    expect((await test()).structured).toMatchObject({ exitCode: 1, truncated: false });
    await write('add.js', 'export const add = (a, b) => a + b;\n');
    expect((await test()).structured).toMatchObject({ exitCode: 0, timedOut: false });
    const code = await callTool(client, 'sandbox_run_code', { session, language: 'python', code: 'print(6 * 7)' });
    expect(code.structured).toMatchObject({ exitCode: 0, stdout: '42\n', stderr: '' });

    const { structured } = await callTool(client, 'changes_diff', { session });
    expect((structured['changes'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'add.js',
      'add.test.js',
      'package.json',
    ]);
    expect(structured['patch']).toContain('+export const add = (a, b) => a + b;');

    const answered = operatorAnswers('once');
    const merged = await callTool(client, 'changes_apply', { session });
    expect(await answered).toBe('merge.apply');
    expect(merged.structured).toMatchObject({ merged: ['add.js', 'add.test.js', 'package.json'], conflicts: [] });
    expect(merged.notes.join('\n')).toMatch(/Waits for a person to look at merge\.apply/);
    expect(await readFile(join(workspace(), 'add.js'), 'utf8')).toBe('export const add = (a, b) => a + b;\n');

    const { records } = await operator.audit.log({ filters: { session, types: ['approval_answered'] } });
    expect(records).toMatchObject([{ actor: 'operator', decision: 'allow' }]);
    const said = await operator.audit.log({ filters: { session, types: ['merge_finished'] } });
    expect(said.records[0]?.actor).toMatch(/^agent:[a-z0-9]+$/);
  });

  it('says no with the operator’s reason', async () => {
    const client = await program();
    const session = await started(client);
    await callTool(client, 'fs_write', { session, path: 'b.txt', content: 'b\n' });
    const [refused] = await Promise.all([callTool(client, 'changes_apply', { session }), operatorAnswers('deny')]);
    expect(refused).toMatchObject({ failed: true });
    expect(refused.text).toContain('by the test');
  });

  it('says why the policy denies a call', async () => {
    const client = await program();
    const session = await started(client);
    const denied = await callTool(client, 'fs_remove', { session, path: 'README.md' });
    expect(denied.failed).toBe(true);
    expect(denied.text).toMatch(
      /^error: Cannot run fs\.remove: the policy denies it\n {2}why: rule nothing-is-removed: Agents keep files\n {2}fix: /,
    );
  });

  it.each([undefined, '2026-07-28'] as const)(
    'asks the user of the program where it can (revision %s)',
    async (revision) => {
      const questions: string[] = [];
      const user: ProgramOptions['user'] = async (question) => {
        questions.push(question);
        return 'approve';
      };
      const client = await program({ user, ...(revision === undefined ? {} : { revision }) });
      const session = await started(client);
      const path = `asked-${revision ?? 'before'}.txt`;
      await callTool(client, 'fs_write', { session, path, content: 'x\n' });
      const merged = await callTool(client, 'changes_apply', { session, paths: [path] });
      expect(merged.text).toContain(path);
      expect(merged.structured).toMatchObject({ merged: [path] });
      expect(questions).toEqual([expect.stringMatching(/^Cavern asks before merge\.apply: /)]);
      const { records } = await operator.audit.log({ filters: { session, types: ['approval_answered'] } });
      expect(records).toMatchObject([{ decision: 'allow', reason: 'answered by the user of test-program 1.2.3' }]);
      expect(records[0]?.actor).toMatch(/^agent:/);
    },
  );

  it('takes the answer of whoever answers first: a dialog that was left alone holds nobody up', async () => {
    let close: (() => void) | undefined;
    const user: ProgramOptions['user'] = () => new Promise((resolve) => (close = () => resolve('close')));
    const client = await program({ user });
    const session = await started(client);
    await callTool(client, 'fs_write', { session, path: 'first.txt', content: 'x\n' });
    const [merged] = await Promise.all([callTool(client, 'changes_apply', { session }), operatorAnswers('once')]);
    expect(merged.structured).toMatchObject({ merged: ['first.txt'] });
    close?.();
  });

  it('ends the command in the sandbox when the call is cancelled', async () => {
    const client = await program();
    const session = await started(client);
    const cancel = new AbortController();
    const argv = ['bash', '-c', 'echo begun; exec sleep 98765'];
    const call = callTool(
      client,
      'sandbox_exec',
      { session, argv },
      { signal: cancel.signal, onNote: () => cancel.abort() },
    );
    await expect(call).rejects.toThrow();
    const look = async (): Promise<unknown> => {
      const { structured } = await callTool(client, 'sandbox_exec', {
        session,
        argv: ['pgrep', '-fc', 'sleep 9876[5]'],
      });
      return structured['stdout'];
    };
    await expect.poll(look, { timeout: 30_000 }).toBe('0\n');
  });

  it('redacts secrets in what it gives, and says what it leaves out', async () => {
    const client = await program();
    const session = await started(client);
    const said = await callTool(client, 'sandbox_exec', { session, argv: ['echo', `token ${TOKEN}`] });
    expect(said.structured['stdout']).toMatch(/^token /);
    expect(said.text).not.toContain(TOKEN);
    const long = await callTool(client, 'sandbox_exec', { session, argv: ['bash', '-c', 'seq 1 100000'] });
    expect(long.structured).toMatchObject({
      truncated: true,
      stdout: expect.stringMatching(/^1\n2\n[^]*bytes left out[^]*\n100000\n$/),
    });
    expect(long.text).toContain('bytes of output left out in the middle');
  });

  it('keeps to the folders and the session that it was given', async () => {
    const client = await program();
    const beyond = await callTool(client, 'sandbox_start', { workspace: join(folder, 'other') });
    expect(beyond.text).toMatch(/^error: Cannot start a sandbox on ".*": this agent was not given that folder\n/);
    const own = await started(client);
    const { id: foreign } = await operator.session.create({ workspace: join(folder, 'other') });
    const listed = await callTool(client, 'sandbox_list', {});
    expect((listed.structured['sessions'] as { id: string }[]).map(({ id }) => id)).not.toContain(foreign);
    const read = await callTool(client, 'fs_read', { session: foreign, path: 'README.md' });
    expect(read.text).toMatch(/^error: Cannot use session /);
    await expect(client.readResource({ uri: `cavern://session/${foreign}/changes` })).rejects.toThrow();

    const bound = await program({ args: ['--session', foreign] });
    expect((await callTool(bound, 'sandbox_exec', { argv: ['pwd'] })).structured).toMatchObject({
      stdout: '/workspace\n',
    });
    expect((await callTool(bound, 'sandbox_exec', { session: own, argv: ['pwd'] })).failed).toBe(true);
  });

  it('gives change sets, logs and audit records as resources, and two prompts', async () => {
    const client = await program();
    const session = await started(client);
    await callTool(client, 'fs_write', { session, path: 'notes.txt', content: 'one\n' });
    const { resources } = await client.listResources();
    const of = resources.map(({ uri }) => uri).filter((uri) => uri.includes(session));
    expect(of).toEqual(['changes', 'patch', 'log', 'audit'].map((view) => `cavern://session/${session}/${view}`));
    const texts = new Map<string, string>();
    for (const uri of of) {
      const [content] = (await client.readResource({ uri })).contents;
      texts.set(uri.split('/').at(-1) ?? '', content !== undefined && 'text' in content ? content.text : '');
    }
    expect(texts.get('changes')).toContain('notes.txt');
    expect(texts.get('patch')).toContain('+one');
    // Records are on the disk within half a second.
    const audit = async () => JSON.stringify(await client.readResource({ uri: `cavern://session/${session}/audit` }));
    await expect.poll(audit, { timeout: 20_000 }).toContain('fs.write');
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(['start_in_sandbox', 'review_changes']);
    const { messages } = await client.getPrompt({ name: 'review_changes', arguments: { session } });
    expect(JSON.stringify(messages)).toContain(session);
  });

  it.each([undefined, '2026-07-28'] as const)(
    'tells the client when plugins come and go (revision %s)',
    async (revision) => {
      const plugin = revision === undefined ? 'acme' : 'other';
      const lists: string[][] = [];
      const onTools = (names: string[]): void => void lists.push(names);
      const client = await program({ onTools, ...(revision === undefined ? {} : { revision }) });
      await client.listTools();
      await writeRawPlugin(join(folder, 'plugins'), plugin, '');
      const source = join(folder, 'plugins', plugin);
      const { digest, capabilities } = await operator.plugin.inspect({ source });
      await operator.plugin.install({ source, consent: { digest, capabilities } });
      await expect.poll(() => lists.at(-1), { timeout: 30_000 }).toContain(`${plugin}_go`);
      await operator.plugin.disable({ id: plugin });
      await expect.poll(() => lists.at(-1), { timeout: 30_000 }).not.toContain(`${plugin}_go`);
    },
  );

  it('tells a subscriber when the session changes something', async () => {
    const client = await program();
    const session = await started(client);
    const uri = `cavern://session/${session}/changes`;
    const told: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void told.push(params.uri));
    await client.subscribeResource({ uri });
    await callTool(client, 'fs_write', { session, path: 'told.txt', content: 'x\n' });
    await expect.poll(() => told[0], { timeout: 30_000 }).toBe(uri);
    await client.unsubscribeResource({ uri });
  });

  it('starts a kernel of its own where none runs, and ends it with the client', async () => {
    const lonely = join(folder, 'lonely');
    await mkdir(lonely);
    const client = await program({ home: lonely });
    expect((await callTool(client, 'sandbox_list', {})).structured).toEqual({ sessions: [], sandboxes: [] });
    await client.close();
    // Another one takes the home over.
    const next = await program({ home: lonely });
    expect((await callTool(next, 'sandbox_list', {})).failed).toBe(false);
  });
});
