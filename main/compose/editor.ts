import { join } from 'node:path';
import { editorSubjects, openInEditor, type EditorOrder } from '../kernel/editor/open-in-editor.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { SettingsStore } from '../kernel/settings/settings.ts';
import { DiskViewCopies } from '../platform/operator-editor/disk-view-copies.ts';
import { programEditor } from '../platform/operator-editor/program-editor.ts';
import type { ComposeOptions } from './compose-options.ts';

/** Files of sessions in the operator's editor. */
export function composeEditor(
  { home }: ComposeOptions,
  { sandboxes, settings }: { readonly sandboxes: Sandboxes; readonly settings: SettingsStore },
) {
  const copies = new DiskViewCopies(join(home.root, 'views'));
  const editor = programEditor(() => settings.current.editor || (process.env['VISUAL'] ?? ''));
  return {
    openFile: (order: EditorOrder) =>
      openInEditor({ copies, editor, layerOf: (session) => sandboxes.layer(session) }, order),
    forget: (session: string) => copies.forget(session),
    subjects: editorSubjects,
  };
}
