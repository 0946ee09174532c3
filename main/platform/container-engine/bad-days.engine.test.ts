import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox, SessionId } from '../../../schema/entities.ts';
import type { SandboxRecord } from '../../kernel/sandboxes/sandbox-store.ts';
import type { Sandboxes } from '../../kernel/sandboxes/sandboxes.ts';
import { mountsBelow } from '../workspace-layer/mount-table.ts';
import { linuxCalls } from '../workspace-layer/linux-calls.ts';
import { ApiEngine } from './api-engine.ts';
import { DOCKER_SOCKET, answering, isOnPath, loadImage, stopped } from './testing/engines.ts';
import { refusingOverlays } from './testing/refusing-overlays.ts';
import { SandboxMachine, shell } from './testing/sandbox-machine.ts';

const PROCESS = fileURLToPath(new URL('./testing/session-process.ts', import.meta.url));
const session = 'bad-day' as SessionId; // Test data.
const isRoot = process.getuid?.() === 0;

/** Resolves with the sandbox when it has entered this state, or has this failure. */
function until(sandboxes: Sandboxes, isReached: (sandbox: Sandbox) => boolean): Promise<Sandbox> {
  return new Promise((resolve) => {
    const stop = sandboxes.onChange((sandbox) => {
      if (!isReached(sandbox)) return;
      stop();
      resolve(sandbox);
    });
  });
}

describe('a kernel that was killed', () => {
  let folder = '';
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cavern-killed-'));
    await chmod(folder, 0o755);
  });
  afterAll(async () => {
    for (const child of children) await stopped(child);
  });

  it('leaves sandboxes that the next one takes over, or removes with everything that belongs to them', async () => {
    const child = spawn(process.execPath, [PROCESS, folder, 'hold'], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const record: SandboxRecord = JSON.parse(String(line));
    child.kill('SIGKILL');
    await once(child, 'exit');

    const engine = await ApiEngine.connect(DOCKER_SOCKET, folder);
    const machine = await SandboxMachine.open({ folder, connect: async () => engine });
    machine.store.put(record);
    const next = machine.sandboxes();
    const held = record.sandbox.session;
    expect([...(await next.recover([held]))]).toEqual([held]);
    expect((await shell(next, held, 'ls /workspace')).stdout).toBe('a\n');
    await next[Symbol.asyncDispose]();
    expect(await machine.leftWithEngine(engine)).not.toEqual([]);

    machine.store.records.clear();
    const last = machine.sandboxes();
    await last.recover([]);
    await last[Symbol.asyncDispose]();
    expect(await machine.leftWithEngine(engine)).toEqual([]);
    expect([await readdir(join(machine.home, 'sessions')), await readdir(join(machine.home, 'ipc'))]).toEqual([[], []]);
    await machine[Symbol.asyncDispose]();
  });
});

describe('a workspace that cannot be mounted', () => {
  it('is copied, without its secrets; the folder does not change', async () => {
    const engine = await ApiEngine.connect(DOCKER_SOCKET, tmpdir());
    const machine = await SandboxMachine.open({ connect: async () => refusingOverlays(engine) });
    const sandboxes = machine.sandboxes();
    const workspace = join(machine.folder, 'workspace');
    await mkdir(workspace);
    await writeFile(join(workspace, 'a'), 'a');
    await writeFile(join(workspace, '.env'), 'secret');
    const order = { session, workspace, profile: 'workspace', signal: AbortSignal.timeout(60_000) };
    await sandboxes.start(order);
    expect((await shell(sandboxes, session, 'ls -A; echo b > a; echo c > c')).stdout).toBe('a\n');
    await sandboxes.stop(session);
    await sandboxes.start(order);
    expect((await shell(sandboxes, session, 'cat a c')).stdout).toBe('b\nc\n');
    expect(sandboxes.layer(session)).toMatchObject({ strategy: 'copy', maskedPaths: ['.env'] });
    expect([(await readdir(workspace)).sort(), await readFile(join(workspace, 'a'), 'utf8')]).toEqual([
      ['.env', 'a'],
      'a',
    ]);
    await sandboxes.remove(session);
    expect(await machine.leftWithEngine(engine)).toEqual([]);
    await sandboxes[Symbol.asyncDispose]();
    await machine[Symbol.asyncDispose]();
  });
});

/** What an ordinary operator meets; when the tests are run by one, every other test is this test. */
if (isRoot) {
  describe('an operator who is not root', () => {
    /** No image knows it. */
    const ORDINARY = 4242;
    let folder = '';
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'cavern-ordinary-'));
      await chown(folder, ORDINARY, ORDINARY);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const as = (groups: string): readonly string[] => [
      `--reuid=${ORDINARY}`,
      `--regid=${ORDINARY}`,
      ...(groups === '' ? ['--clear-groups'] : [`--groups=${groups}`]),
    ];

    it('works as himself inside, under a name, and can remove all that a session left, what belongs to root among it', () => {
      const group = execFileSync('stat', ['-c', '%g', DOCKER_SOCKET], { encoding: 'utf8' }).trim();
      const output = execFileSync('setpriv', [...as(group), process.execPath, PROCESS, folder, 'whole'], {
        encoding: 'utf8',
        env: { ...process.env, HOME: folder },
      });
      expect(JSON.parse(output)).toEqual({ stdout: `${ORDINARY}\ncavern\ncavern\n`, left: [] });
      expect(execFileSync('ls', [join(folder, 'home/sessions')], { encoding: 'utf8' })).toBe('');
    });

    it('who may not use the engine is told the command that allows it', () => {
      const discovery = fileURLToPath(new URL('./engine-discovery.ts', import.meta.url));
      const script = `import { connectEngine } from ${JSON.stringify(discovery)};
      connectEngine({ engine: 'auto', engineSocket: ${JSON.stringify(DOCKER_SOCKET)}, env: {}, scratchFolder: '/tmp' })
        .catch(({ code, fix }) => console.log(JSON.stringify({ code, fix })));`;
      const output = execFileSync('setpriv', [...as(''), process.execPath, '--input-type=module', '-e', script], {
        encoding: 'utf8',
      });
      expect(JSON.parse(output)).toEqual({
        code: 'engine_forbidden',
        fix: 'Run `sudo usermod -aG docker "$USER"` and log in again.',
      });
    });
  });
}

/** An engine that may be killed: a Docker daemon of the test's own. */
if (isRoot && isOnPath('dockerd')) {
  describe('an engine that goes away and comes back', () => {
    let folder = '';
    let daemon: ChildProcess;
    const socket = () => join(folder, 'docker.sock');

    const startDaemon = async (): Promise<ApiEngine> => {
      const at = (name: string): string => join(folder, name);
      // Its containerd died with it; where the number in this file is another process by now, it would wait for that one.
      await rm(at('exec/containerd/containerd.pid'), { force: true });
      daemon = spawn(
        'dockerd',
        [
          '-H',
          `unix://${socket()}`,
          '--data-root',
          at('data'),
          '--exec-root',
          at('exec'),
          '--pidfile',
          at('pid'),
          '--bridge',
          'none',
          '--iptables=false',
          '--ip6tables=false',
        ],
        { stdio: 'ignore' },
      );
      return answering(socket(), folder);
    };

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'cavern-dockerd-'));
      await startDaemon();
      await loadImage(socket());
    });
    afterAll(async () => {
      await stopped(daemon);
      for (const point of await mountsBelow(folder)) linuxCalls().unmount(point);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    it('is reported as gone while a session goes on; what did not survive has failed with the reason, and nothing is left', async () => {
      const machine = await SandboxMachine.open({ connect: () => ApiEngine.connect(socket(), folder) });
      const sandboxes = machine.sandboxes();
      const workspace = join(machine.folder, 'workspace');
      await mkdir(workspace);
      await writeFile(join(workspace, 'a'), 'a');
      await sandboxes.start({ session, workspace, profile: 'workspace', signal: AbortSignal.timeout(60_000) });
      const gone = until(sandboxes, (sandbox) => sandbox.failure?.code === 'engine_unavailable');
      daemon.kill('SIGKILL');
      await once(daemon, 'exit');
      expect(await gone).toMatchObject({ state: 'running' });
      expect((await shell(sandboxes, session, 'cat a')).stdout).toBe('a');

      const failed = until(sandboxes, (sandbox) => sandbox.state === 'failed');
      await startDaemon();
      // A daemon that starts without live-restore ends the containers that it finds.
      expect((await failed).failure).toMatchObject({
        code: 'sandbox_failed',
        message: expect.stringMatching(/ended: /),
      });
      const engine = await ApiEngine.connect(socket(), folder);
      expect(await machine.leftWithEngine(engine)).toEqual([]);
      const again = await sandboxes.start({
        session,
        workspace,
        profile: 'workspace',
        signal: AbortSignal.timeout(60_000),
      });
      expect(again.state).toBe('running');
      await sandboxes.remove(session);
      await sandboxes[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
    });
  });
}

it('a socket that nobody answers on is no engine, and the start says so in time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-mute-'));
  const path = join(folder, 'mute.sock');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await access(path);
  await expect(ApiEngine.connect(path, folder)).rejects.toMatchObject({ code: 'engine_unavailable' });
  server.close();
  await rm(folder, { recursive: true, force: true });
});
