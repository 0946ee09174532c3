import { Fault } from '../../../../schema/fault.ts';
import type { WorkspaceFiles, WorkspaceTree } from './workspace-files.ts';

export interface OpenedFor {
  /** `open the workspace`, `merge into`: the folder's name comes behind it. */
  readonly action: string;
  readonly fix: string;
}

/** Opens a folder of the operator's. Throws `workspace_invalid`. */
export async function openFolder(files: WorkspaceFiles, folder: string, opened: OpenedFor): Promise<WorkspaceTree> {
  try {
    return await files.open(folder);
  } catch (cause) {
    throw new Fault('workspace_invalid', `Cannot ${opened.action} "${folder}": it is no folder that can be read`, {
      cause,
      fix: opened.fix,
    });
  }
}
