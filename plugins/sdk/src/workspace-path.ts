import Type, { type TStringOptions } from 'typebox';
import { RelativePath } from '../../../schema/relative-path.ts';

/** The schema of an input that is a path in the workspace. The policy finds paths by its format: no path may go without it. */
export const WorkspacePath = RelativePath;

/** The same with a description or a default of its own. */
export function workspacePath(options: Pick<TStringOptions, 'description' | 'default'>) {
  return Type.String({ minLength: 1, maxLength: 4096, format: 'workspace-path', ...options });
}
