import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openTestHome, temporaryFolder } from './test-home.ts';

/** libfiu (apt: fiu-utils) stands between the process and its system calls, and is told from outside which of them fail. */
const PRELOADED = ['fiu_run_preload.so', 'fiu_posix_preload.so'].map((name) => findPreload(name));
const CHILD = fileURLToPath(new URL('fault-child.ts', import.meta.url));
const WAIT_LIMIT_MS = 15_000;

function findPreload(name: string): string | undefined {
  const folders = ['/usr/lib/fiu', '/usr/local/lib/fiu'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Values of errno on Linux. */
const EIO = 5;
const ENOSPC = 28;
const EROFS = 30;

/** What is made to fail, and the cause that the refusal must give. */
const FAULTS: Record<string, { readonly points: readonly string[]; readonly cause: string }> = {
  'a full disk (ENOSPC on write)': {
    points: [`posix/io/rw/pwrite,failinfo=${ENOSPC}`],
    cause: 'Cannot write to the database: the disk is full',
  },
  'an error of the disk (EIO on write)': {
    points: [`posix/io/rw/pwrite,failinfo=${EIO}`],
    cause: 'Cannot write to the database: the disk reports an error',
  },
  'an error of the disk (EIO on fsync)': {
    points: [`posix/io/sync/fsync,failinfo=${EIO}`, `posix/io/sync/fdatasync,failinfo=${EIO}`],
    cause: 'Cannot write to the database: the disk reports an error',
  },
  'a disk that went read-only (EROFS)': {
    points: [
      `posix/io/rw/pwrite,failinfo=${EROFS}`,
      `posix/io/rw/ftruncate,failinfo=${EROFS}`,
      `posix/io/sync/fsync,failinfo=${EROFS}`,
      `posix/io/sync/fdatasync,failinfo=${EROFS}`,
    ],
    cause: 'Cannot write to the database: the disk reports an error',
  },
};

interface Answer {
  readonly ready?: boolean;
  readonly stored?: string;
  readonly refused?: string;
  readonly code?: string;
  readonly cause?: string;
  readonly writable?: boolean;
}

/** A home in a process of its own, whose system calls can be made to fail. */
class FaultyHome implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #control: string;
  readonly #answers: AsyncIterator<string>;

  constructor(folder: string) {
    this.#control = join(folder, 'fiu-control');
    this.#child = spawn(execPath, [CHILD, folder], {
      env: { ...env, LD_PRELOAD: PRELOADED.join(':'), FIU_CTRL_FIFO: this.#control },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout === null) throw new Error('The process has no standard output');
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async next(): Promise<Answer> {
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error('The process ended');
    return JSON.parse(value) as Answer; // fault-child.ts tells nothing else
  }

  ask(line: string): Promise<Answer> {
    this.#child.stdin?.write(`${line}\n`);
    return this.next();
  }

  inject(command: 'enable' | 'disable', points: readonly string[]): void {
    const commands = points.flatMap((point) => ['-c', `${command} name=${point}`]);
    const { status, stderr } = spawnSync('fiu-ctrl', ['-f', this.#control, ...commands, String(this.#child.pid)]);
    if (status !== 0) throw new Error(`fiu-ctrl failed: ${stderr.toString()}`);
  }

  async untilWritable(): Promise<void> {
    const untilMs = Date.now() + WAIT_LIMIT_MS;
    while ((await this.ask('state')).writable !== true) {
      if (Date.now() > untilMs) throw new Error('It did not recover');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end('end\n');
    await exited;
  }
}

const canInject = PRELOADED.every((path) => path !== undefined);

test.runIf(canInject).each(Object.entries(FAULTS))(
  '%s makes the log read-only with the right error; it recovers without a restart and nothing is lost',
  { timeout: 60_000 },
  async (_name, { points, cause }) => {
    using folder = temporaryFolder();
    const acknowledged: string[] = [];
    {
      await using home = new FaultyHome(folder.path);
      expect(await home.next()).toEqual({ ready: true });
      for (let index = 0; index < 5; index += 1) acknowledged.push((await home.ask(`before-${index}`)).stored ?? '');
      await home.ask('record handed-over');
      home.inject('enable', points);
      const refusal = await home.ask('refused-1');
      expect(refusal).toEqual({ refused: 'refused-1', code: 'audit_unavailable', cause });
      expect(await home.ask('state')).toEqual({ writable: false });
      expect(await home.ask('refused-2')).toMatchObject({ code: 'audit_unavailable' });
      await home.ask('record meanwhile');
      const names = points.map((point) => point.split(',')[0] ?? '');
      home.inject('disable', names);
      await home.untilWritable();
      for (let index = 0; index < 5; index += 1) acknowledged.push((await home.ask(`after-${index}`)).stored ?? '');
    }
    await using reopened = await openTestHome(folder.path);
    expect(reopened.storage.recovery).toBeUndefined();
    expect(await reopened.log.verify()).toMatchObject({ ok: true });
    const records = await reopened.storage.audit.after(0, 1000);
    const acts = records.flatMap(({ act }) => act ?? []);
    expect(acts.filter((act) => act !== 'refused-1')).toEqual([
      ...acknowledged.slice(0, 5),
      'handed-over',
      'meanwhile',
      ...acknowledged.slice(5),
    ]);
    expect(records.filter(({ type }) => type === 'storage_warning').map(({ reason }) => reason)).toEqual([
      'audit_unavailable',
    ]);
  },
);

test.runIf(canInject)(
  'writes that are cut short are written to their end: every act is stored',
  { timeout: 60_000 },
  async () => {
    using folder = temporaryFolder();
    const acts = Array.from({ length: 40 }, (_, index) => `act-${index}`);
    {
      await using home = new FaultyHome(folder.path);
      await home.next();
      home.inject('enable', ['posix/io/rw/pwrite/reduce']);
      for (const act of acts) expect(await home.ask(act)).toEqual({ stored: act });
    }
    await using reopened = await openTestHome(folder.path);
    expect(await reopened.log.verify()).toMatchObject({ ok: true });
    const records = await reopened.storage.audit.after(0, 1000);
    expect(records.flatMap(({ act }) => act ?? [])).toEqual(acts);
    expect(readdirSync(folder.path)).not.toContain('damaged');
  },
);
