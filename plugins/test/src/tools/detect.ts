import { tool } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { workspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type from 'typebox';
import { detect } from '../detect.ts';
import { FrameworkName } from '../test-result.ts';

export const detectTool = tool({
  description: 'Find out how the tests of a project are run',
  input: Type.Object(
    { project: workspacePath({ default: '.', description: 'The folder of the project' }) },
    { additionalProperties: false },
  ),
  output: Type.Object({
    candidates: Type.Array(
      Type.Object({ framework: FrameworkName, command: Type.Array(Type.String()), because: Type.String() }),
      { description: 'The likeliest first' },
    ),
  }),
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 30_000,
  async run(input, { files, workspace }) {
    const { path, node } = files.resolve(input.project);
    if (node?.type !== 'directory')
      throw new ToolError('not_found', `Cannot look at "${input.project}": it is no folder`);
    const candidates = detect(files.absolute(path), workspace);
    return {
      candidates: candidates.map(({ framework, command, options, files: scripted, because }) => ({
        framework,
        command: [...command, ...options, ...scripted],
        because,
      })),
    };
  },
});
