import type { SessionId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import { Changes } from '../kernel/changes/changes.ts';
import type { SubjectsOf } from '../kernel/dispatch/ports.ts';
import { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { secretRule } from '../kernel/sandboxes/secret-paths.ts';
import { diskLayerEditor } from '../platform/workspace-files/disk-layer-editor.ts';
import { diskLayerReader } from '../platform/workspace-files/disk-layer-reader.ts';
import { diskWorkspaces } from '../platform/workspace-files/disk-workspace.ts';
import { FileBaseRecords } from '../platform/workspace-files/file-base-records.ts';
import { FileContentStores } from '../platform/workspace-files/file-content-store.ts';
import { FileMergeJournal } from '../platform/workspace-files/file-merge-journal.ts';
import type { ComposeOptions } from './compose-options.ts';

export function composeChanges(
  { home, logger }: ComposeOptions,
  parts: { sandboxes: Sandboxes; policy: PolicyInForce },
): Changes {
  const { sandboxes, policy } = parts;
  return new Changes({
    layers: {
      layer: (session) => sandboxes.layer(session),
      isRunning: (session) =>
        sandboxes
          .list()
          .some(
            (sandbox) => sandbox.session === session && ['creating', 'running', 'stopping'].includes(sandbox.state),
          ),
    },
    reader: diskLayerReader,
    workspaces: diskWorkspaces,
    contents: new FileContentStores(home.blobs),
    bases: new FileBaseRecords(home.sessions),
    journal: new FileMergeJournal(home.merges),
    editor: diskLayerEditor,
    looksSecret: (path, head) => looksSecret(path, Buffer.from(head).toString('latin1'), policy),
    now: () => systemClock.now(),
    logger,
  });
}

/** By its name, by what its name says to look for inside, or because it holds a secret that the redaction knows. */
function looksSecret(path: string, head: string, policy: PolicyInForce): boolean {
  const rule = secretRule(path);
  if (rule === 'yes') return true;
  return (rule !== 'no' && rule.test(head)) || policy.redactor.redact(head) !== head;
}

/** The policy judges each path that a merge would write or remove. */
export function mergeSubjects(changes: Changes): SubjectsOf {
  return async (input, signal) => {
    // The contract has validated the input.
    const { session, paths } = input as { session: SessionId; paths?: string[] };
    const subjects = await changes.mergeSubjects({ session, paths, signal });
    return subjects.length > 0 ? subjects : [{ syscall: 'merge.apply' }];
  };
}
