import { closeSync, fsync } from 'node:fs';
import { promisify } from 'node:util';
import koffi from 'koffi';
import { Pace } from '../../../kernel/changes/pace.ts';

type SyncFileSystem = (fd: number) => Promise<number>;

let loaded: SyncFileSystem | null | undefined;

/** `syncfs(2)`, off the thread; null where the C library is not glibc. */
function syncFileSystem(): SyncFileSystem | null {
  if (loaded !== undefined) return loaded;
  if (process.platform !== 'linux') {
    loaded = null;
    return loaded;
  }
  try {
    const syncfs = koffi.load('libc.so.6').func('int syncfs(int fd)');
    loaded = promisify<number, number>((fd, done) => void syncfs.async(fd, done));
  } catch {
    loaded = null;
  }
  return loaded;
}

/** Something written that must reach the disk. `open` gives a fresh descriptor of it, undefined when it is no longer there. */
export interface Unsynced {
  readonly device: number;
  open(): number | undefined;
}

const PARALLEL = 8;
const syncDescriptor = promisify(fsync);

/** Few are synced one by one; many by one call for their file system, which costs about as much as ten of them. */
const EACH_LIMIT = 16;

/** What was written is on the disk when it resolves. */
export async function syncAll(written: readonly Unsynced[]): Promise<void> {
  const byDevice = new Map<number, Unsynced[]>();
  const pace = new Pace();
  for (const one of written) {
    if (pace.due) await pace.breathe();
    const same = byDevice.get(one.device);
    if (same) same.push(one);
    else byDevice.set(one.device, [one]);
  }
  for (const same of byDevice.values()) {
    if (same.length <= EACH_LIMIT || !(await syncDevice(same))) await syncEach(same);
  }
}

async function syncDevice(written: readonly Unsynced[]): Promise<boolean> {
  const whole = syncFileSystem();
  if (!whole) return false;
  for (const one of written) {
    const fd = one.open();
    if (fd === undefined) continue;
    try {
      return (await whole(fd)) === 0;
    } finally {
      closeSync(fd);
    }
  }
  return true;
}

async function syncEach(written: readonly Unsynced[]): Promise<void> {
  for (let start = 0; start < written.length; start += PARALLEL) {
    const fds = written.slice(start, start + PARALLEL).flatMap((one) => one.open() ?? []);
    try {
      await Promise.all(fds.map((fd) => syncDescriptor(fd)));
    } finally {
      for (const fd of fds) closeSync(fd);
    }
  }
}
