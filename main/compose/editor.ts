import { join } from 'node:path';
import type { SessionId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposers } from '../base/disposers.ts';
import type { SubjectsOf } from '../kernel/dispatch/ports.ts';
import { OpenFolders } from '../kernel/editor/open-folders.ts';
import { editorSubjects, folderSubjects, openInEditor, type EditorOrder } from '../kernel/editor/open-in-editor.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { SettingsStore } from '../kernel/settings/settings.ts';
import { DiskViewCopies } from '../platform/operator-editor/disk-view-copies.ts';
import { programEditor } from '../platform/operator-editor/program-editor.ts';
import type { ComposeOptions } from './compose-options.ts';

/** Files and folders of sessions in the operator's editor. */
export function composeEditor(
  { home, logger }: ComposeOptions,
  {
    sandboxes,
    settings,
    disposers,
  }: { readonly sandboxes: Sandboxes; readonly settings: SettingsStore; readonly disposers: Disposers },
) {
  const copies = new DiskViewCopies(join(home.root, 'views'));
  const editor = programEditor(() => settings.current.editor || (process.env['VISUAL'] ?? ''));
  const parts = { copies, editor, layerOf: (session: SessionId) => sandboxes.layer(session) };
  const isRunning = (session: SessionId): boolean =>
    sandboxes.list().some((sandbox) => sandbox.session === session && sandbox.state === 'running');
  const folders = disposers.add(new OpenFolders({ ...parts, isRunning, clock: systemClock, logger }));
  return {
    openFile: (order: EditorOrder) => openInEditor(parts, order),
    folders,
    async forget(session: SessionId) {
      await folders.forget(session);
      await copies.forget(session);
    },
    subjects: new Map<string, SubjectsOf>([
      ['session.openFile', editorSubjects],
      ['session.openFolder', folderSubjects],
    ]),
  };
}
