import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGitIdentityFile } from './git-identity-file.ts';

/** Who a sandbox runs as, as numbers of the operator's machine. */
export interface SandboxUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The files that name the sandbox's user inside, and the sandbox itself: an image cannot know the operator's number, and a shell would
 * say "I have no name!"; an engine that gives no network gives no `localhost` either, which is what most servers listen on.
 */
export function identityFiles({ uid, gid }: SandboxUser): Readonly<Record<'passwd' | 'group' | 'hosts', string>> {
  return {
    passwd: [
      'root:x:0:0:root:/root:/usr/sbin/nologin',
      ...(uid === 65534 ? [] : ['nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin']),
      `cavern:x:${uid}:${gid}:Cavern:/home/cavern:/bin/bash`,
      '',
    ].join('\n'),
    group: [
      ...(gid === 0 ? [] : ['root:x:0:']),
      ...(gid === 65534 ? [] : ['nogroup:x:65534:']),
      `cavern:x:${gid}:`,
      '',
    ].join('\n'),
    hosts: ['127.0.0.1 localhost cavern', '::1 localhost ip6-localhost ip6-loopback', ''].join('\n'),
  };
}

/** Writes those files to a folder, unless they are there: a running sandbox has them mounted. Everybody may read them. */
export function writeIdentity(folder: string, user: SandboxUser): string {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const [name, text] of Object.entries(identityFiles(user))) {
    const path = join(folder, name);
    if (textOf(path) !== text) writeFileSync(path, text, { mode: 0o644 });
  }
  ensureGitIdentityFile(folder);
  return folder;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
