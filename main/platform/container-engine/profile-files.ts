import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProfileFile, ProfileFiles } from '../../kernel/sandboxes/profiles.ts';

/** Not a sandbox profile, although it lies beside them. */
const OTHERS = new Set(['policy.yaml']);

/** Reads the profiles of a folder and the system call lists in its folder `seccomp`. */
export async function profileFiles(folder: string): Promise<ProfileFiles> {
  const [profiles, seccomp] = await Promise.all([yamlFiles(folder), yamlFiles(join(folder, 'seccomp'))]);
  return { profiles: profiles.filter((file) => !OTHERS.has(file.name)), seccomp };
}

/** The operator's own profiles; none where the folder is not there. */
export async function ownProfileFiles(folder: string): Promise<readonly ProfileFile[]> {
  return existsSync(folder) ? yamlFiles(folder) : [];
}

async function yamlFiles(folder: string): Promise<ProfileFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })));
}
