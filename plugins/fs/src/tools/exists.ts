import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { tool } from '@cavern/plugin-sdk/tool';
import { resolveInView } from '@cavern/plugin-sdk/view-path';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import type { WorkspaceView } from '@cavern/plugin-sdk/workspace-view';
import Type, { type Static } from 'typebox';
import { NodeKind } from './node-kind.ts';

export const ExistsInput = Type.Object({ path: WorkspacePath }, { additionalProperties: false });
export const ExistsOutput = Type.Object({ exists: Type.Boolean(), type: Type.Optional(NodeKind) });

/** A symlink that leads nowhere does not exist. Throws `workspace_escape`, `symlink_loop`. */
export function exists(view: WorkspaceView, input: Static<typeof ExistsInput>): Static<typeof ExistsOutput> {
  try {
    const { node } = resolveInView(view, input.path);
    return node === undefined ? { exists: false } : { exists: true, type: node.type };
  } catch (thrown) {
    if (thrown instanceof ToolError && thrown.code === 'not_a_directory') return { exists: false };
    throw thrown;
  }
}

export const existsTool = tool({
  description: 'Say whether a path exists and what it is, links followed',
  input: ExistsInput,
  output: ExistsOutput,
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 30_000,
  run: async (input, { files }) => exists(files.view, input),
});
