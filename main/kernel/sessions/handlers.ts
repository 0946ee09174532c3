import type { Handlers } from '../../../schema/contract/contract.ts';
import type { session } from '../../../schema/contract/session.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { OpenFolders } from '../editor/open-folders.ts';
import type { EditorOrder } from '../editor/open-in-editor.ts';
import type { Sessions } from './sessions.ts';

export function sessionHandlers(
  sessions: Sessions,
  editor: { readonly openFile: (order: EditorOrder) => Promise<{ file: string }>; readonly folders: OpenFolders },
): Handlers<typeof session, CallContext> {
  return {
    async create(input, context) {
      const created = await sessions.create({ ...input, signal: context.signal });
      context.note({ session: created.id, path: created.workspace });
      return created;
    },
    list: () => ({ sessions: sessions.list() }),
    get(input) {
      const sandbox = sessions.sandboxOf(input.session) ?? null;
      return { session: sessions.get(input.session), sandbox, phases: sandbox?.phases ?? [] };
    },
    stop: (input) => sessions.stop(input.session),
    resume: (input, context) => sessions.resume(input.session, context.signal),
    openFile: (input) => editor.openFile(input),
    openFolder: (input, context) => editor.folders.open({ ...input, signal: context.signal }),
    async remove(input) {
      await sessions.remove(input.session);
      return { removed: input.session };
    },
    watch: (_input, context) => sessions.watch(context.signal),
  };
}
