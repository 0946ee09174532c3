import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CavernApp } from '../../e2e/fixtures/cavern-app.ts';
import { Shell } from '../../e2e/pages/shell.ts';
import { cpuMsOf, memoryBytesOf } from '../process-tree.ts';

const SETTLE_MS = 5_000;
/** What opening sessions left to be done and to be collected is over by then. */
const SESSIONS_SETTLE_MS = 60_000;
const IDLE_MS = 10_000;

/** What a process and all its children use while nobody does anything. */
export interface IdleUse {
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

export async function idleUse(pid: number, settleMs = SETTLE_MS): Promise<IdleUse> {
  await delay(settleMs);
  const before = cpuMsOf(pid);
  await delay(IDLE_MS);
  return { cpuPercent: ((cpuMsOf(pid) - before) / IDLE_MS) * 100, memoryBytes: memoryBytesOf(pid) };
}

/** The same of the window with so many sessions that were each opened, with its terminal, and lie behind the overview. */
export async function idleWithSessions(scratch: string, sessions: number): Promise<IdleUse> {
  const home = join(scratch, 'home-sessions');
  mkdirSync(home, { mode: 0o700 });
  const app = await CavernApp.launch(home);
  try {
    const shell = new Shell(app);
    for (let each = 0; each < sessions; each += 1) {
      const workspace = join(scratch, `work-${each}`);
      mkdirSync(workspace);
      writeFileSync(join(workspace, 'notes.txt'), 'a file\n');
      await shell.openFolder(workspace);
      await shell.terminal();
    }
    await app.page.locator('.rail-open button').first().click();
    await app.page.locator('.dashboard').waitFor();
    const { pid } = app.electron.process();
    if (pid === undefined) throw new Error('Cannot measure the window: it has no process id');
    return await idleUse(pid, SESSIONS_SETTLE_MS);
  } finally {
    await app.removeSessions();
    await app.close();
  }
}
