import { mkdir as makeFolder } from 'node:fs/promises';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { tool } from '@cavern/plugin-sdk/tool';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type from 'typebox';
import { changing, targetOf } from './changing.ts';

export const mkdir = tool({
  description: 'Make a folder and those on the way; one that is there already is no failure',
  input: Type.Object({ path: WorkspacePath }, { additionalProperties: false }),
  output: Type.Object({ path: Type.String(), created: Type.Boolean() }),
  outputMode: 'value',
  effects: ['write'],
  timeoutMs: 30_000,
  async run(input, context) {
    const { path, node, absolute } = targetOf(context, input.path, 'follow');
    if (node?.type === 'directory') return { path, created: false };
    if (node !== undefined) {
      throw new ToolError('exists', `Cannot make the folder "${input.path}": a ${node.type} is there`);
    }
    await changing(`make the folder "${input.path}"`, () => makeFolder(absolute, { recursive: true }));
    return { path, created: true };
  },
});
