import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ExecEvent } from '../../../schema/contract/sandbox.ts';
import type { Sandbox, SessionId } from '../../../schema/entities.ts';
import { newId } from '../../base/id.ts';
import { execute } from '../../kernel/sandboxes/execute.ts';
import type { Profile } from '../../kernel/sandboxes/profiles.ts';
import type { Sandboxes } from '../../kernel/sandboxes/sandboxes.ts';
import { type EngineName, type TestEngine, openEngine, presentEngines } from './testing/engines.ts';
import { SandboxMachine, shell } from './testing/sandbox-machine.ts';

const MIB = 1024 ** 2;
const HOG = ['node', '--max-old-space-size=4096', '-e', 'const a = []; for (;;) a.push(Buffer.alloc(1 << 20, 1));'];

/** Each limit is met on purpose; what is checked is that the answer says which one it was. */
describe.each(presentEngines())('a limit of a sandbox on %s', (name: EngineName) => {
  let opened: TestEngine;
  let machine: SandboxMachine | undefined;
  let sandboxes: Sandboxes;
  let session: SessionId;
  beforeAll(async () => {
    opened = await openEngine(name);
  });
  afterEach(async () => {
    await sandboxes[Symbol.asyncDispose]();
    await machine?.[Symbol.asyncDispose]();
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  const start = async (profile: Partial<Profile>): Promise<Sandbox> => {
    machine = await SandboxMachine.open({ connect: async () => opened.engine, profile });
    sandboxes = machine.sandboxes();
    session = newId<SessionId>();
    const workspace = join(machine.folder, 'workspace');
    await mkdir(workspace);
    return sandboxes.start({ session, workspace, profile: 'workspace', signal: AbortSignal.timeout(60_000) });
  };
  /** The end of a command, whatever it prints. */
  const run = async (...argv: string[]): Promise<Extract<ExecEvent, { type: 'exit' }>> => {
    for await (const event of execute(sandboxes.connection(session), { argv }, AbortSignal.timeout(90_000))) {
      if (event.type === 'exit') return event;
    }
    throw new Error('The command has no end');
  };
  const failed = (): Promise<Sandbox> =>
    new Promise((resolve) => {
      const stop = sandboxes.onChange((sandbox) => {
        if (sandbox.state !== 'failed') return;
        stop();
        resolve(sandbox);
      });
    });
  const left = async (): Promise<readonly string[]> => (await machine?.leftWithEngine(opened.engine)) ?? [];

  it('on memory: the command is ended and says so, its sandbox goes on; a plain kill is not taken for it', async () => {
    await start({ memoryBytes: 256 * MIB });
    expect(await run(...HOG)).toMatchObject({ exitCode: 137, outOfMemory: true, exceeded: ['memory'] });
    expect(await run('bash', '-c', 'kill -9 $$')).toMatchObject({ exitCode: 137, outOfMemory: false, exceeded: [] });
    expect((await shell(sandboxes, session, 'echo alive')).stdout).toBe('alive\n');
  });

  it('on memory, while files fill all that lies in memory: they are refused at half of it, and what is ended is the command', async () => {
    await start({ memoryBytes: 256 * MIB, tmpBytes: 1024 * MIB, homeBytes: 1024 * MIB });
    const fill =
      'for to in /tmp ~ /dev/shm; do head -c 500000000 /dev/zero > $to/fill; done; cat /tmp/fill ~/fill /dev/shm/fill | wc -c';
    const full = await shell(sandboxes, session, fill);
    expect(full.stderr.match(/No space left on device/g)).toHaveLength(3);
    expect(Number(full.stdout)).toBeGreaterThan(127 * MIB);
    expect(Number(full.stdout)).toBeLessThanOrEqual(128 * MIB);
    const writable = `grep -E '^[^ ]+ [^ ]+ tmpfs ' /proc/mounts | cut -d' ' -f2 | while read to; do [ -d $to -a -w $to ] && echo $to; done | sort`;
    expect((await shell(sandboxes, session, writable)).stdout.split('\n')).toEqual([
      '/dev/shm',
      '/home/cavern',
      '/run/secrets',
      '/tmp',
      '',
    ]);
    for (let round = 0; round < 3; round += 1) {
      expect(await run(...HOG)).toMatchObject({ exitCode: 137, outOfMemory: true, exceeded: ['memory'] });
    }
    expect(sandboxes.list()).toMatchObject([{ state: 'running' }]);
    expect(await agentPids()).toEqual(expect.any(Number));
  });

  it('on processes: new ones are refused and the command says so; it can be ended and nothing is left', async () => {
    await start({ pids: 64 });
    const end = await run('bash', '-c', 'for i in $(seq 100); do sleep 3 & done; wait');
    expect(end.exceeded).toEqual(['processes']);
    run('bash', '-c', 'bomb() { bomb | bomb & }; bomb; sleep 60').catch(() => undefined);
    await expect.poll(async () => String(await agentPids()), { timeout: 60_000 }).toMatch(/^(5[5-9]|6\d)$/);
    await sandboxes.stop(session);
    expect(await left()).toEqual([]);
  });
  const agentPids = async (): Promise<unknown> => {
    const stats = await sandboxes.connection(session).request('stats', {});
    return typeof stats === 'object' && stats !== null && 'pids' in stats ? stats.pids : undefined;
  };

  it('on the size of a file, of /tmp and of open files: the tool gets the error of the system', async () => {
    await start({ fileSizeBytes: 4 * MIB, tmpBytes: 2 * MIB, openFiles: 128 });
    expect(await run('head', '-c', '0', '/dev/null')).toMatchObject({ exitCode: 0, exceeded: [] });
    expect(await run('bash', '-c', 'exec head -c 8000000 /dev/zero > big')).toMatchObject({
      exitCode: 153,
      exceeded: ['fileSize'],
    });
    const full = await shell(sandboxes, session, 'head -c 3000000 /dev/zero > /tmp/full');
    expect([full.exitCode, full.stderr]).toEqual([1, expect.stringContaining('No space left on device')]);
    const files = 'const f = require("fs"); try { for (;;) f.openSync("/dev/null") } catch (e) { console.log(e.code) }';
    expect((await shell(sandboxes, session, `node -e '${files}'`)).stdout).toBe('EMFILE\n');
  });

  it('on cpu: what is more than its share waits', async () => {
    await start({ cpus: 0.25 });
    const script = `for i in 1 2 3 4; do (while :; do :; done) & done
      until grep -qE '^nr_throttled [1-9]' /sys/fs/cgroup/cpu/cpu.stat /sys/fs/cgroup/cpu.stat 2>/dev/null; do sleep 0.1; done
      kill $(jobs -p); echo throttled`;
    expect((await shell(sandboxes, session, script)).stdout).toBe('throttled\n');
  });

  it('on what is written: the sandbox is ended and says how much it was', async () => {
    await start({ diskBytes: 32 * MIB });
    const ended = failed();
    run('bash', '-c', 'for i in $(seq 200); do head -c 8000000 /dev/zero > $i; sleep 0.2; done').catch(() => undefined);
    expect((await ended).failure).toMatchObject({ code: 'disk_full', why: expect.stringMatching(/allows 32 MiB/) });
    expect(await left()).toEqual([]);
  });

  it('on what is written, where nothing ran for a while: it is not counted meanwhile, and ended as soon as it writes too much', async () => {
    await start({ diskBytes: 32 * MIB });
    const ended = failed();
    const still = await stillness();
    await run('true');
    expect(sandboxes.pulse(session)).not.toBe(still);
    await stillness();
    await run('bash', '-c', 'for i in 1 2 3 4 5; do head -c 8000000 /dev/zero > $i; done');
    expect((await ended).failure).toMatchObject({ code: 'disk_full', why: expect.stringMatching(/allows 32 MiB/) });
  });
  /** What the system says of a sandbox in which nothing has run for longer than it is counted every time. */
  const stillness = async (): Promise<string> => {
    let [pulse, sinceMs] = [sandboxes.pulse(session), performance.now()];
    const stood = (): boolean => {
      const now = sandboxes.pulse(session);
      if (now !== pulse) [pulse, sinceMs] = [now, performance.now()];
      return performance.now() - sinceMs > 2_500;
    };
    await expect.poll(stood, { timeout: 60_000, interval: 100 }).toBe(true);
    return pulse ?? '';
  };

  it('on standing idle: a sandbox that works stays, one that nobody uses is ended and says so', async () => {
    await start({ idleLimitMs: 2_000 });
    const ended = failed();
    // Longer than it may stand idle.
    expect(await run('sleep', '3')).toMatchObject({ exitCode: 0 });
    expect((await ended).failure?.message).toMatch(/nothing used it for too long$/);
    expect(await left()).toEqual([]);
  });

  it('on time: the sandbox is ended and says so', async () => {
    await start({ timeLimitMs: 1_500 });
    const { failure } = await failed();
    expect(failure?.message).toMatch(/its time was over$/);
    expect(await left()).toEqual([]);
  });
});
