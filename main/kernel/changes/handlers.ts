import type { changes as changesArea, merge as mergeArea } from '../../../schema/contract/changes.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import type { CallContext } from '../dispatch/context.ts';
import { toText } from './byte-path.ts';
import type { Changes } from './changes.ts';
import { sha256Of } from './file-state.ts';
import type { PathDigests, Refusal } from './merger.ts';

export function changesHandlers(changes: Changes): Handlers<typeof changesArea, CallContext> {
  return {
    list: async ({ session }, { signal }) => ({ changes: await changes.list({ session, signal }) }),
    diff: ({ session, path }, { signal }) => changes.diff({ session, path, signal }),
    discard: async ({ session, paths }, context) => {
      const discarded = await changes.discard({ session, paths, signal: context.signal });
      context.note({ session, data: { discarded: discarded.length } });
      return { discarded };
    },
    export: async ({ session, paths }, context) => {
      const exported = await changes.exportPatch({ session, paths, signal: context.signal });
      context.note({ session, data: { patchSha256: sha256Of(exported.patch) } });
      return exported;
    },
  };
}

export function mergeHandlers(changes: Changes): Handlers<typeof mergeArea, CallContext> {
  return {
    apply: async ({ session, paths, dryRun }, context) => {
      const mode = dryRun === true ? 'preview' : 'apply';
      const outcome = await changes.merge({ session, paths, mode, signal: context.signal });
      context.note({ session, data: { mode, merge: outcome.id ?? '', ...digestData(outcome.digests) } });
      return {
        act: context.act,
        merged: outcome.merged.map(toText),
        conflicts: outcome.conflicts.map(toText),
        left: outcome.left.map(toText),
        refused: outcome.refused.map(shown),
      };
    },
    undo: async ({ session }, context) => {
      const outcome = await changes.undo({ session, signal: context.signal });
      context.note({ session, data: { merge: outcome.id ?? '', ...digestData(outcome.digests) } });
      return { restored: outcome.restored.map(toText), refused: outcome.refused.map(shown) };
    },
  };
}

function shown({ path, reason }: Refusal): { path: string; reason: string } {
  return { path: toText(path), reason };
}

/** A record is to stay small: beyond this the list is kept in the merge journal, and the record has its digest. */
const LISTED_FILES = 1000;

/** What an audit record says of the files: `before after path` for each, `-` where there was or is nothing. */
function digestData(digests: readonly PathDigests[]): Record<string, unknown> {
  const lines = digests.map(({ path, before, after }) => `${before ?? '-'} ${after ?? '-'} ${toText(path)}`);
  return { files: lines.slice(0, LISTED_FILES), fileCount: lines.length, filesSha256: sha256Of(lines.join('\n')) };
}
