import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Areas } from '../../schema/contract/areas.ts';
import type { Client } from '../../schema/contract/contract.ts';
import { LABELS } from '../kernel/sandboxes/container-spec.ts';
import {
  type EngineName,
  type TestEngine,
  openEngine,
  presentEngines,
} from '../platform/container-engine/testing/engines.ts';
import { linuxCalls } from '../platform/workspace-layer/linux-calls.ts';
import { mountsBelow } from '../platform/workspace-layer/mount-table.ts';
import { type KernelProcess, startKernel } from './testing/kernel-process.ts';

const ROUNDS = Number(process.env['CAVERN_ROUNDS'] ?? (process.env['CAVERN_LONG'] === '1' ? 100 : 2));
const FILES = 5;
const LINES = 4000;
/** The moment of a kill, after the kernel was ready; long enough for some whole sessions. */
const LATEST_KILL_MS = 2_500;
const OWN_FILE = 'mine.txt';

/** A kernel in a process of its own, on a home of the test's. */
class World {
  readonly folder: string;
  readonly opened: TestEngine;
  #kernel: KernelProcess | undefined;

  private constructor(folder: string, opened: TestEngine) {
    this.folder = folder;
    this.opened = opened;
  }

  static async open(opened: TestEngine): Promise<World> {
    const world = new World(await realpath(await mkdtemp(join(tmpdir(), 'cavern-crash-'))), opened);
    await mkdir(world.workspace);
    await mkdir(world.home);
    await writeFile(join(world.home, 'settings.json'), JSON.stringify({ sandboxPoolMiB: 128 }));
    await writeFile(join(world.workspace, OWN_FILE), 'mine\n');
    return world;
  }

  get home(): string {
    return join(this.folder, 'home');
  }

  get workspace(): string {
    return join(this.folder, 'workspace');
  }

  /** Starts the kernel; resolves when it answers. */
  async start(): Promise<Client<Areas>> {
    this.#kernel = await startKernel({ home: this.home, socket: this.opened.socket });
    return this.#kernel.client;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#kernel?.end(signal);
  }

  /** Everything of this home that is still somewhere. */
  async left(): Promise<readonly string[]> {
    const label = createHash('sha256').update(this.home).digest('hex').slice(0, 16);
    const labels = { [LABELS.home]: label };
    const { engine } = this.opened;
    const [containers, volumes, mounts, sessions, sockets, processes] = await Promise.all([
      engine.list(labels),
      engine.volumes.list(labels),
      mountsBelow(this.folder),
      readdir(join(this.home, 'sessions')),
      readdir(join(this.home, 'ipc')),
      processesNaming(this.folder),
    ]);
    const names = [...containers, ...volumes].map(({ name }) => name);
    return [...names, ...mounts, ...sessions, ...sockets, ...processes];
  }

  /**
   * What is wrong with the operator's own folder: a file that is half of something, or one that nobody made. Right after a kill
   * a merge may have left what it had not put in its place yet; that is no file of anybody, and gone with the next start.
   */
  async damage(staged: 'counted' | 'left out' = 'counted'): Promise<readonly string[]> {
    const damaged: string[] = [];
    for (const name of await readdir(this.workspace)) {
      if (staged === 'left out' && name.startsWith('.cavern-merge-')) continue;
      const text = await readFile(join(this.workspace, name), 'utf8');
      if (name === OWN_FILE ? text !== 'mine\n' : !isWhole(text)) damaged.push(name);
    }
    return damaged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
    for (const point of await mountsBelow(this.folder)) linuxCalls().unmount(point);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** As one command wrote it: one line, so many times. */
function isWhole(text: string): boolean {
  const lines = text.split('\n').slice(0, -1);
  return lines.length === LINES && new Set(lines).size === 1;
}

async function processesNaming(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(folder));
}

/** Sessions that write files and merge them, until the kernel is gone or there were so many. */
async function work(
  client: Client<Areas>,
  workspace: string,
  { signal, sessions = Number.POSITIVE_INFINITY }: { readonly signal: AbortSignal; readonly sessions?: number },
): Promise<void> {
  for (let number = 0; number < sessions && !signal.aborted; number++) {
    const session = (await client.session.create({ workspace }, { signal })).id;
    const token = randomBytes(8).toString('hex');
    const script = `for i in $(seq ${FILES}); do yes ${token}-$i | head -${LINES} > f$i; done; rm -f f${1 + (number % FILES)}`;
    for await (const _ of client.sandbox.exec({ session, argv: ['bash', '-c', script] }, { signal }));
    await client.merge.apply({ session }, { signal });
    if (number % 3 === 0) await client.session.remove({ session }, { signal });
    else if (number % 3 === 1) await client.session.stop({ session }, { signal });
  }
}

async function removeAll(client: Client<Areas>): Promise<void> {
  const { sessions } = await client.session.list({});
  for (const { id } of sessions) await client.session.remove({ session: id });
}

describe.each(presentEngines())('a kernel on %s that is killed again and again', (name: EngineName) => {
  const opened: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  it('leaves nothing behind that the next one does not remove, and damages no file', {
    timeout: 3_600_000,
  }, async () => {
    const engine = await openEngine(name);
    opened.push(engine);
    const world = await World.open(engine);
    opened.push(world);
    let client = await world.start();
    // Undisturbed, it does what it says.
    await work(client, world.workspace, { signal: AbortSignal.timeout(60_000), sessions: 1 });
    expect([await readdir(world.workspace), await world.damage()]).toEqual([['f2', 'f3', 'f4', 'f5', OWN_FILE], []]);
    for (let round = 0; round < ROUNDS; round++) {
      const killing = new AbortController();
      const working = work(client, world.workspace, killing).catch(() => undefined);
      await delay(Math.random() * LATEST_KILL_MS);
      // An engine that is the test's own dies every third time in the kernel's place, and is back before the kernel is.
      if (engine.crash && round % 3 === 2) await engine.crash();
      await world.end('SIGKILL');
      killing.abort();
      await working;
      expect(await world.damage('left out'), `round ${round}`).toEqual([]);
      client = await world.start();
      expect(await world.damage(), `round ${round}, after the start`).toEqual([]);
      // The engine may still be at what the killed kernel had asked for; the kernel looks again for that.
      const leftovers = async (): Promise<unknown> =>
        client.sandbox.prune({ dryRun: true }).then(
          // Caches of a workspace and images of former builds are kept on purpose until somebody asks for their removal.
          ({ removed }) => removed.filter(({ kind }) => kind !== 'cache' && kind !== 'image'),
          (thrown: unknown) => thrown,
        );
      await expect.poll(leftovers, { timeout: 90_000, message: `round ${round}` }).toEqual([]);
      const { sessions } = await client.session.list({});
      if (sessions.length > 4) await removeAll(client);
    }
    await removeAll(client);
    await world.end('SIGTERM');
    expect([await world.left(), await world.damage()]).toEqual([[], []]);
  });
});
