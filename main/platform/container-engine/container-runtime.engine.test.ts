import { execFileSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../base/id.ts';
import type { ContainerEvent, ContainerRuntime, ContainerSpec } from '../../kernel/sandboxes/container-runtime.ts';
import { type Profile, readProfiles } from '../../kernel/sandboxes/profiles.ts';
import { profileFiles } from './profile-files.ts';
import { TEST_IMAGE, type TestEngine, openEngine, presentEngines } from './testing/engines.ts';

const PROFILES = fileURLToPath(new URL('../../../profiles', import.meta.url));
const SLEEP = ['sleep', '600'];

describe.each(presentEngines())('the container runtime of %s', (name) => {
  const labels = { 'dev.cavern.test': newId() };
  let opened: TestEngine;
  let runtime: ContainerRuntime;
  let profile: Profile;
  let folder = '';

  beforeAll(async () => {
    opened = await openEngine(name);
    runtime = opened.engine;
    folder = await mkdtemp(join(tmpdir(), 'cavern-runtime-'));
    await chmod(folder, 0o755);
    const found = readProfiles(await profileFiles(PROFILES)).get('workspace');
    if (!found) throw new Error('There is no profile "workspace"');
    profile = found;
  });
  afterEach(async () => {
    for (const { id } of await runtime.list(labels)) await runtime.remove(id);
    for (const volume of await runtime.volumes.list(labels)) await runtime.volumes.remove(volume.name);
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const spec = (change: Partial<ContainerSpec> = {}): ContainerSpec => ({
    name: `cavern-test-${newId()}`,
    image: TEST_IMAGE,
    labels,
    argv: SLEEP,
    env: { HOME: '/home/cavern', PATH: '/usr/local/bin:/usr/bin:/bin' },
    user: { uid: 1000, gid: 1000 },
    hostname: 'cavern',
    workingFolder: '/tmp',
    mounts: [{ kind: 'tmpfs', target: '/tmp', sizeBytes: 16 * 1024 ** 2, mode: 0o1777, uid: 0, gid: 0 }],
    limits: { memoryBytes: 128 * 1024 ** 2, cpus: 1, pids: 64, openFiles: 1024, fileSizeBytes: 4 * 1024 ** 2 },
    seccomp: profile.seccomp,
    rootFilesystem: 'read-only',
    network: 'none',
    namespaces: 'private',
    newPrivileges: 'never',
    capabilities: [],
    ...change,
  });
  const running = async (change: Partial<ContainerSpec> = {}): Promise<string> => {
    const id = await runtime.create(spec(change));
    await runtime.start(id);
    return id;
  };
  const shell = async (id: string, script: string): Promise<{ exitCode: number; text: string }> => {
    const chunks: Uint8Array[] = [];
    const onOutput = (_stream: string, bytes: Uint8Array): void => void chunks.push(bytes);
    const { exitCode } = await runtime.exec(id, { argv: ['sh', '-c', script], streams: 'pipes', onOutput });
    return { exitCode, text: Buffer.concat(chunks).toString('utf8') };
  };

  if (name === 'podman') {
    it('lists and removes a container that the engine had half removed when it was killed, and the others', async () => {
      const [half, whole] = [await runtime.create(spec()), await runtime.create(spec())];
      const file = join(opened.scratchFolder, 'root/overlay-containers/containers.json');
      const kept: { readonly id: string }[] = JSON.parse(await readFile(file, 'utf8'));
      await writeFile(file, JSON.stringify(kept.filter(({ id }) => id !== half)));
      await opened.crash?.();
      expect((await runtime.list(labels)).map(({ id }) => id).sort()).toEqual([half, whole].sort());
      expect(await runtime.inspect(half)).toBeUndefined();
      await runtime.remove(half);
      expect((await runtime.list(labels)).map(({ id }) => id)).toEqual([whole]);
    });
  }

  it('says who it is', async () => {
    expect(await runtime.ping()).toMatchObject({ kind: name, version: expect.stringMatching(/^\d+\.\d+/) });
  });

  it('creates, starts, pauses, resumes, kills, inspects and removes; removing twice is no failure', async () => {
    const id = await runtime.create(spec());
    expect(await runtime.inspect(id)).toMatchObject({ id, running: false, labels });
    await runtime.start(id);
    await runtime.pause(id);
    expect(await runtime.inspect(id)).toMatchObject({ running: true, paused: true });
    await runtime.resume(id);
    expect(await runtime.inspect(id)).toMatchObject({ running: true, paused: false });
    const ended = runtime.wait(id);
    await runtime.kill(id);
    expect(await ended).toEqual({ exitCode: 137 });
    expect(await runtime.inspect(id)).toMatchObject({ running: false, exitCode: 137 });
    await runtime.kill(id);
    await runtime.remove(id);
    await runtime.remove(id);
    expect(await runtime.inspect(id)).toBeUndefined();
  });

  it('stops with a signal first', async () => {
    const id = await running({ argv: ['sh', '-c', 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done'] });
    // Before that it has no answer to a signal.
    await expect.poll(() => runtime.logs(id, 1), { timeout: 10_000 }).toContain('ready');
    await runtime.stop(id, 5_000);
    expect(await runtime.inspect(id)).toMatchObject({ running: false, exitCode: 7 });
  });

  it('lists by labels', async () => {
    const id = await running();
    const found = await runtime.list(labels);
    expect(found).toMatchObject([{ id, running: true, labels }]);
    expect(await runtime.list({ 'dev.cavern.test': 'another' })).toEqual([]);
  });

  it('runs commands on pipes with their exit code, standard input and both streams, byte for byte', async () => {
    const id = await running();
    const streams: Record<string, Buffer[]> = { stdout: [], stderr: [] };
    const stdin = Buffer.alloc(300_000, 'x\0\xff', 'latin1');
    const { exitCode } = await runtime.exec(id, {
      argv: ['sh', '-c', 'cat; echo problem >&2; exit 9'],
      streams: 'pipes',
      stdin,
      onOutput: (stream, bytes) => void streams[stream]?.push(Buffer.from(bytes)),
    });
    expect({
      exitCode,
      same: Buffer.concat(streams['stdout'] ?? []).equals(stdin),
      stderr: String(Buffer.concat(streams['stderr'] ?? [])),
    }).toEqual({ exitCode: 9, same: true, stderr: 'problem\n' });
  });

  it('runs commands on a terminal', async () => {
    const id = await running();
    let text = '';
    const onOutput = (_stream: string, bytes: Uint8Array): void => void (text += Buffer.from(bytes).toString('utf8'));
    await runtime.exec(id, { argv: ['sh', '-c', 'test -t 1 && echo terminal'], streams: 'terminal', onOutput });
    expect(text).toBe('terminal\r\n');
  });

  it('leaves nothing behind on the signal of a call that was answered, and gives up one whose signal has aborted', async () => {
    const caller = new AbortController();
    await runtime.create(spec(), caller.signal);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    caller.abort();
    await expect(runtime.create(spec(), caller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('keeps the last lines of the log', async () => {
    const id = await running({ argv: ['sh', '-c', 'echo one; echo two >&2; echo three'] });
    await runtime.wait(id);
    expect((await runtime.logs(id, 2)).trim().split('\n').sort()).toHaveLength(2);
    expect(await runtime.logs(id, 100)).toContain('one');
  });

  it('says what a container uses', async () => {
    const id = await running();
    const stats = await runtime.stats(id);
    expect(stats.memoryBytes).toBeGreaterThan(0);
    expect(stats.memoryLimitBytes).toBe(128 * 1024 ** 2);
  });

  it('tells what happens to containers with the labels, until it is told to stop', async () => {
    const stopping = new AbortController();
    const seen: ContainerEvent[] = [];
    const following = (async () => {
      for await (const event of runtime.events(labels, stopping.signal)) {
        seen.push(event);
        if (event.action === 'die') stopping.abort();
      }
    })();
    const id = await running({ argv: ['sleep', '0.3'] });
    await following;
    expect(seen.at(-1)).toEqual({ action: 'die', container: id, exitCode: 0 });
  });

  it('leaves no connection open for who stops following before the engine answered', async () => {
    const connections = (): number => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;
    const before = connections();
    const stopping = new AbortController();
    const first = runtime.events(labels, stopping.signal)[Symbol.asyncIterator]().next();
    setImmediate(() => stopping.abort());
    await expect(first).rejects.toThrow('Cannot follow the container engine');
    await expect.poll(connections).toBeLessThanOrEqual(before);
  });

  it('misses an image by name, and knows the one that is there', async () => {
    expect(await runtime.images.inspect('cavern/none:latest')).toBeUndefined();
    expect(await runtime.images.inspect(TEST_IMAGE)).toMatchObject({ sizeBytes: expect.any(Number) });
    expect(await runtime.images.unnamed('cavern.test.none')).toEqual([]);
    await runtime.images.remove('cavern/none:latest');
    await expect(runtime.create(spec({ image: 'cavern/none:latest' }))).rejects.toMatchObject({
      code: 'image_missing',
    });
  });

  it('refuses with the words of the engine', async () => {
    const starting = runtime.create(spec({ argv: ['/no/such/program'] })).then((id) => runtime.start(id));
    await expect(starting).rejects.toMatchObject({
      code: 'sandbox_failed',
      why: expect.stringContaining('/no/such/program'),
    });
  });

  it('mounts an overlay of folders with difficult names; the lower ones stay as they are', async () => {
    const base = join(folder, `odd, name: ü 'q' "d" \\b ${newId()}`);
    for (const part of ['top', 'low', 'up', 'work']) await mkdir(join(base, part), { recursive: true });
    await writeFile(join(base, 'low', 'a'), 'low');
    await writeFile(join(base, 'low', 'b'), 'low');
    await writeFile(join(base, 'top', 'b'), 'top');
    await chmod(join(base, 'up'), 0o777);
    const volume = `cavern-test-${newId()}`;
    const at = (part: string): string => join(base, part);
    await runtime.volumes.createOverlay({
      name: volume,
      labels,
      lower: [at('top'), at('low')],
      upper: at('up'),
      work: at('work'),
    });
    const id = await running({ mounts: [{ kind: 'volume', volume, target: '/w', access: 'write' }] });
    expect(await shell(id, 'cat /w/a /w/b; echo new > /w/c; ls /w')).toEqual({ exitCode: 0, text: 'lowtopa\nb\nc\n' });
    expect(execFileSync('ls', [at('up')], { encoding: 'utf8' })).toBe('c\n');
    expect(await runtime.volumes.list(labels)).toEqual([{ name: volume, labels }]);
    await runtime.remove(id);
    await runtime.volumes.remove(volume);
    await runtime.volumes.remove(volume);
    expect(await runtime.volumes.list(labels)).toEqual([]);
  });

  it('gives a container no privilege, no network, no place to write and its own namespaces', async () => {
    const id = await running();
    const { text } = await shell(
      id,
      `grep -hE "^(CapEff|CapBnd|CapPrm|NoNewPrivs|Seccomp):" /proc/1/status | tr "\\t" " " | sort
       touch /etc/x 2>/dev/null || echo read-only
       ls /sys/class/net
       id -u
       ls /dev | grep -cE "^(sd|vd|kvm|mem|fuse)"
       test -e /var/run/docker.sock || echo no engine
       for name in pid ipc uts net mnt; do readlink /proc/1/ns/$name; done`,
    );
    const lines = text.trim().split('\n');
    const namespaces = lines.splice(-5);
    expect(lines).toEqual([
      'CapBnd: 0000000000000000',
      'CapEff: 0000000000000000',
      'CapPrm: 0000000000000000',
      'NoNewPrivs: 1',
      'Seccomp: 2',
      'read-only',
      'lo',
      '1000',
      '0',
      'no engine',
    ]);
    const own = await Promise.all(['pid', 'ipc', 'uts', 'net', 'mnt'].map((kind) => readlink(`/proc/self/ns/${kind}`)));
    expect(namespaces.filter((each) => own.includes(each))).toEqual([]);
  });

  it('limits memory, processes, open files and the size of a file', async () => {
    const id = await running({
      limits: { memoryBytes: 64 * 1024 ** 2, cpus: 1, pids: 32, openFiles: 256, fileSizeBytes: 1024 ** 2 },
    });
    const hog = await shell(id, 'node -e "const a=[];for(;;)a.push(Buffer.alloc(1<<20,1))"; echo "exit $?"');
    expect(hog.text).toMatch(/exit (137|134)/);
    const big = await shell(id, 'head -c 2000000 /dev/zero > /tmp/big; echo "exit $?"; ulimit -n');
    expect(big.text).toMatch(/exit 153|File size limit|exit 1/);
    expect(big.text).toMatch(/^256$/m); // Standard error may come after it.
    const forks = await shell(id, 'for i in $(seq 100); do sleep 5 & done 2>&1; wait');
    expect(forks.text).toMatch(/fork|Resource temporarily unavailable/i);
    expect((await runtime.inspect(id))?.running).toBe(true);
  });
});
