import type { SessionId } from '../../../schema/entities.ts';
import type { Subject, SubjectsOf } from '../dispatch/ports.ts';
import type { SessionLayer } from '../sandboxes/session-layer.ts';
import type { OperatorEditor, ViewCopies } from './ports.ts';

export interface OpenInEditorParts {
  readonly copies: ViewCopies;
  readonly editor: OperatorEditor;
  /** Throws `not_found` where the session was never started. */
  readonly layerOf: (session: SessionId) => SessionLayer;
}

export interface EditorOrder {
  readonly session: SessionId;
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/**
 * Opens a file as a session's sandbox sees it in the operator's editor: a copy that cannot be written to. Written to where it lies, an
 * overlay would not notice, and a file that the session did not change is the operator's own.
 */
export async function openInEditor(
  { copies, editor, layerOf }: OpenInEditorParts,
  { session, path, line, column }: EditorOrder,
): Promise<{ file: string }> {
  const file = await copies.copy(layerOf(session), path);
  await editor.open(file, line === undefined ? undefined : { line, column });
  return { file };
}

/** A path that leaves the workspace is refused before anything is looked at. */
export const editorSubjects: SubjectsOf = (input): readonly Subject[] => {
  const path = typeof input === 'object' && input !== null && 'path' in input ? String(input.path) : '';
  return [{ syscall: 'session.openFile', path }];
};

/** A folder is judged by its own path; the workspace itself has none. */
export const folderSubjects: SubjectsOf = (input): readonly Subject[] => {
  const path = typeof input === 'object' && input !== null && 'path' in input ? String(input.path) : undefined;
  return [{ syscall: 'session.openFolder', ...(path === undefined ? {} : { path }) }];
};
