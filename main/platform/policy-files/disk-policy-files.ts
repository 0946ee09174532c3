import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { PolicyFiles } from '../../kernel/policy/policy-files.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';

/** A person's document has some kilobytes; what is larger than this is refused unread, as reading it would stop everything else. */
const LIMIT_BYTES = 4 * 1024 * 1024;

export interface PolicyPaths {
  readonly defaultPath: string;
  readonly userPath: string;
}

/** Documents on this machine's disk; a workspace's lies in its `.cavern/policy.yaml`. */
export function diskPolicyFiles({ defaultPath, userPath }: PolicyPaths): PolicyFiles {
  return {
    defaultPath,
    userPath,
    workspacePath: (workspace) => join(workspace, '.cavern', 'policy.yaml'),
    stamp(path) {
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      return found && `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
    },
    read(path) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined) return undefined;
      if (!found.isFile()) throw new Fault('policy_invalid', `Cannot read "${path}": it is no file`);
      if (found.size > LIMIT_BYTES) {
        throw new Fault('policy_invalid', `Cannot read "${path}": it has more than ${LIMIT_BYTES} bytes`);
      }
      return readFileSync(path, 'utf8');
    },
    writeUser: (text) => writeFileAtomically(userPath, text),
  };
}
