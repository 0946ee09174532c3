import { readFileSync } from 'node:fs';
import type { OwnChildren } from './own-children.ts';

const WNOHANG = 1;

type WaitPid = (pid: number, status: null, options: number) => number;

/**
 * Process 1 inherits every process whose parent has died, and must collect its exit status or it stays as a zombie and
 * counts against the limit of processes. Node waits only for the children it started. `waitpid(-1)` would take the status
 * of those too, so this asks for each of the others by its own number.
 */
export async function reapOrphans(own: OwnChildren, afterChildren: () => void): Promise<void> {
  // Loaded only here: the agent also runs where it is not process 1.
  const koffi = await import('koffi');
  // The prototype is the type.
  const waitpid = koffi.default.load('libc.so.6').func('int waitpid(int, void *, int)') as unknown as WaitPid;
  let scheduled = false;
  const collect = (): void => {
    for (const pid of childrenOfThisProcess()) if (!own.has(pid)) waitpid(pid, null, WNOHANG);
  };
  const reap = (): void => {
    scheduled = false;
    collect();
    afterChildren();
  };
  own.collectOthers = collect;
  // Signals coalesce, and a storm of them is one look at the list.
  process.on('SIGCHLD', () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(reap);
  });
  reap();
}

function childrenOfThisProcess(): number[] {
  const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}
