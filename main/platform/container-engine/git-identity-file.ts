import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The operator's name and address for commits: all of the operator's git settings that a sandbox is given. */
export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

const FILE = 'gitconfig';

/** The system's git settings of a sandbox. */
export function gitIdentityText(identity: GitIdentity | undefined): string {
  if (identity === undefined) return '';
  return `[user]\n\tname = ${quoted(identity.name)}\n\temail = ${quoted(identity.email)}\n`;
}

/** Makes the file where it is missing, so that a sandbox can be given it. */
export function ensureGitIdentityFile(folder: string): void {
  const path = join(folder, FILE);
  if (!existsSync(path)) writeFileSync(path, '', { mode: 0o644 });
}

/** Written in place: sandboxes that run have this very file mounted, and see it. */
export function writeGitIdentityFile(folder: string, identity: GitIdentity | undefined): void {
  writeFileSync(join(folder, FILE), gitIdentityText(identity), { mode: 0o644 });
}

function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
