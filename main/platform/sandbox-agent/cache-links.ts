import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Of Cargo's home: what it fetched. Its settings and the programs that it installed stay with the sandbox. */
const CARGO_PARTS = ['registry', 'git'] as const;

/** Leads Cargo to the workspace's cache. A sandbox without one, or whose home has it already, is left as it is. */
export async function linkCaches(cache: string | undefined, home: string | undefined): Promise<void> {
  if (cache === undefined || home === undefined) return;
  await mkdir(join(home, '.cargo'), { recursive: true }).catch(() => undefined);
  for (const part of CARGO_PARTS) {
    const target = join(cache, 'cargo', part);
    await mkdir(target, { recursive: true }).catch(() => undefined);
    await symlink(target, join(home, '.cargo', part)).catch(() => undefined);
  }
}
