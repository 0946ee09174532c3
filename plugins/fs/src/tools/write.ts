import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { tool } from '@cavern/plugin-sdk/tool';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type from 'typebox';
import { changing, refuseReadOnly, refuseRedactionMarks, replaceFile, targetOf } from './changing.ts';

const NEW_FILE_MODE = 0o644;

export const write = tool({
  description: 'Write a file: replace it, create it or append to it; folders on the way are made',
  input: Type.Object(
    {
      path: WorkspacePath,
      content: Type.String(),
      encoding: Type.Union(
        [Type.Literal('utf8'), Type.Literal('utf16le'), Type.Literal('latin1'), Type.Literal('base64')],
        { default: 'utf8', description: 'How content stands for bytes' },
      ),
      mode: Type.Union([Type.Literal('replace'), Type.Literal('create'), Type.Literal('append')], {
        default: 'replace',
        description: 'create: fail where a file is',
      }),
      executable: Type.Optional(Type.Boolean({ description: 'Set or clear the executable bits; unchanged if absent' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    path: Type.String(),
    created: Type.Boolean(),
    sizeBytes: Type.Integer({ description: 'Of the file as it is now' }),
  }),
  outputMode: 'value',
  effects: ['write'],
  timeoutMs: 60_000,
  async run(input, context) {
    const target = targetOf(context, input.path, 'follow');
    const { node, absolute } = target;
    if (node !== undefined && node.type !== 'file') {
      throw new ToolError('not_a_file', `Cannot write "${input.path}": a ${node.type} is there`);
    }
    if (node !== undefined && input.mode === 'create') {
      throw new ToolError('exists', `Cannot create "${input.path}": it exists already`);
    }
    const content = Buffer.from(input.content, input.encoding);
    return changing(`write "${input.path}"`, async () => {
      if (node !== undefined) await refuseReadOnly(absolute);
      if (content.includes('[redacted:')) {
        const before = node === undefined ? '' : await readFile(absolute, 'latin1');
        refuseRedactionMarks(input.path, before, content.toString('latin1'));
      }
      await mkdir(dirname(absolute), { recursive: true });
      const former = node?.mode ?? NEW_FILE_MODE;
      const mode = input.executable === undefined ? former : input.executable ? former | 0o111 : former & ~0o111;
      if (input.mode === 'append' && node !== undefined && mode === former) await appendFile(absolute, content);
      else {
        const before = input.mode === 'append' && node !== undefined ? await readFile(absolute) : Buffer.alloc(0);
        await replaceFile(absolute, Buffer.concat([before, content]), mode);
      }
      const sizeBytes = context.files.view.lookAt(target.path)?.sizeBytes ?? content.length;
      return { path: target.path, created: node === undefined, sizeBytes };
    });
  },
});
