import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox, SessionId } from '../../../schema/entities.ts';
import { newId } from '../../base/id.ts';
import type { Sandboxes } from '../../kernel/sandboxes/sandboxes.ts';
import { type EngineName, type TestEngine, openEngine, presentEngines } from './testing/engines.ts';
import { SandboxMachine, shell } from './testing/sandbox-machine.ts';

const SAYS_ITS_PID = `
const s = new (require('net').Socket)({ fd: 3 });
const send = (f) => { const b = Buffer.from(JSON.stringify(f)); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b])); };
send({ id: 'hello', type: 'event', method: 'hello', params: { api: 2 } });
s.on('data', () => send({ id: '1', type: 'response', result: { output: process.pid, durationMs: 0 } })).on('close', () => process.exit(0));`;
const WAIT = { timeout: 60_000, interval: 50 };

describe.each(presentEngines())('sandboxes started ahead on %s', (name: EngineName) => {
  let opened: TestEngine;
  let machine: SandboxMachine;
  let sandboxes: Sandboxes;
  let workspace = '';

  beforeAll(async () => {
    opened = await openEngine(name);
  });
  beforeEach(async () => {
    machine = await SandboxMachine.open({ connect: async () => opened.engine, poolLimitBytes: 64 * 1024 ** 2 });
    sandboxes = machine.sandboxes();
    workspace = join(machine.folder, 'workspace');
    await mkdir(join(workspace, 'src'), { recursive: true });
    await writeFile(join(workspace, 'src/a'), 'a\n');
    await writeFile(join(workspace, '.env'), 'TOKEN=x\n');
    await start(newId<SessionId>());
    await expect.poll(() => sandboxes.readyAhead, WAIT).toBe(1);
  });
  afterEach(async () => {
    await sandboxes[Symbol.asyncDispose]();
    await machine[Symbol.asyncDispose]();
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  const start = (session: SessionId): Promise<Sandbox> =>
    sandboxes.start({ session, workspace, profile: 'workspace', signal: AbortSignal.timeout(60_000) });
  const startNext = async (): Promise<Sandbox> => start(sandboxes.sessionFor(workspace, 'workspace'));
  const isWarm = ({ phases }: Sandbox): boolean => phases.some((phase) => phase.name === 'pool');

  it('show the folder as it is when they are taken; secrets that came meanwhile are hidden, at every depth', async () => {
    await writeFile(join(workspace, 'src/a'), 'changed\n');
    await mkdir(join(workspace, 'new/deep'), { recursive: true });
    await writeFile(join(workspace, 'new/deep/.env.local'), 'TOKEN=y\n');
    await writeFile(join(workspace, 'new/deep/b'), 'b\n');
    await writeFile(join(workspace, 'src/id_rsa'), 'key\n');
    const sandbox = await startNext();
    const { stdout } = await shell(
      sandboxes,
      sandbox.session,
      'find . -type f | sort; cat src/a src/id_rsa new/deep/.env.local .env 2>/dev/null; stat -c %Y .',
    );
    const modified = Math.floor((await stat(workspace)).mtimeMs / 1000);
    expect({ isWarm: isWarm(sandbox), stdout }).toEqual({
      isWarm: true,
      stdout: `./new/deep/b\n./src/a\nchanged\n${modified}\n`,
    });
    const { maskedPaths, upper } = sandboxes.layer(sandbox.session);
    expect([maskedPaths, await readdir(upper)]).toEqual([['.env', 'new/deep/.env.local', 'src/id_rsa'], []]);
  });

  it('have a Node that waits to be told which plugin it is', async () => {
    await mkdir(join(machine.folder, 'plugins/pid'), { recursive: true });
    await writeFile(join(machine.folder, 'plugins/pid/index.cjs'), SAYS_ITS_PID);
    const { session } = await startNext();
    const { stdout: waiting } = await shell(sandboxes, session, "pgrep -f '[a]wait-plugin.cjs'");
    const entry = '/opt/cavern/plugins/pid/index.cjs';
    const request = { plugin: 'pid', entry, method: 'tool.call', params: {} };
    const answer = await sandboxes.connection(session).request('plugin.request', request);
    expect(answer).toEqual({ output: Number(waiting), durationMs: 0 });
  });

  it('are not used where the folder was replaced by another', async () => {
    await rename(workspace, `${workspace}-old`);
    await mkdir(workspace);
    await writeFile(join(workspace, 'b'), 'b');
    const sandbox = await startNext();
    expect([isWarm(sandbox), (await shell(sandboxes, sandbox.session, 'ls')).stdout]).toEqual([false, 'b\n']);
  });

  it('are replaced when one dies, and are gone with all that was theirs when the kernel ends', async () => {
    const running = sandboxes.list().map(({ containerId }) => containerId);
    const found = await opened.engine.list({ 'dev.cavern.home': machine.homeLabel });
    const [ahead] = found.filter(({ id }) => !running.includes(id));
    await opened.engine.kill(ahead?.id ?? '');
    await expect.poll(() => sandboxes.readyAhead, WAIT).toBe(0);
    await expect.poll(() => sandboxes.readyAhead, WAIT).toBe(1);
    await sandboxes[Symbol.asyncDispose]();
    const left = await opened.engine.list({ 'dev.cavern.home': machine.homeLabel });
    expect(left.map(({ id }) => id)).toEqual(running);
    expect(await readdir(join(machine.home, 'sessions'))).toHaveLength(1);
  });
});
