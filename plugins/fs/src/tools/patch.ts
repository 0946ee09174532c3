import { isUtf8 } from 'node:buffer';
import { mkdir, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { tool } from '@cavern/plugin-sdk/tool';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import { applyPatch, parsePatch, type StructuredPatch } from 'diff';
import Type from 'typebox';
import { changing, refuseReadOnly, refuseRedactionMarks, replaceFile, targetOf } from './changing.ts';

/** No fuzz: every context line must be there as it is written; only the place may have moved. */
const exact = { fuzzFactor: 0, autoConvertLineEndings: false } as const;
const NEW_FILE_MODE = 0o644;

/** Throws `patch_invalid`: not a unified diff, or of several files, whose paths nobody would have judged. */
function parse(text: string): StructuredPatch {
  let patches: StructuredPatch[];
  try {
    patches = parsePatch(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolError('patch_invalid', `Cannot apply the patch: it is not a unified diff (${why})`);
  }
  const [patch, second] = patches.filter(({ hunks }) => hunks.length > 0);
  if (patch === undefined) throw new ToolError('patch_invalid', 'Cannot apply the patch: it changes nothing');
  if (second !== undefined) {
    throw new ToolError('patch_invalid', 'Cannot apply the patch: it is about several files; send one at a time');
  }
  return patch;
}

/** Throws `patch_invalid` for what a patch of git's says beside its hunks and would not be done. */
function refuseUnheard(text: string): void {
  const heads = text.slice(0, text.search(/^@@ /m));
  if (/^(?:rename|copy) (?:from|to) /m.test(heads)) {
    throw new ToolError(
      'patch_invalid',
      'Cannot apply the patch: it also renames or copies; use fs.move or fs.copy first',
    );
  }
  if (/^(?:old|new) mode /m.test(heads)) {
    const remedy = 'take that out, and use fs.write with executable';
    throw new ToolError('patch_invalid', `Cannot apply the patch: it also changes the mode; ${remedy}`);
  }
}

/** Why lines that look alike do not match; empty where that is not it. */
function lineEndsOf(source: string, { hunks }: StructuredPatch): string {
  const inFile = source.includes('\r\n');
  const inPatch = hunks.some(({ lines }) => lines.some((line) => line.endsWith('\r')));
  if (inFile === inPatch) return '';
  return inFile
    ? '; its lines end with CR LF and those of the patch with LF'
    : '; its lines end with LF and those of the patch with CR LF';
}

function apply(source: string, patch: StructuredPatch, path: string): string {
  const result = applyPatch(source, patch, exact);
  if (result !== false) return result;
  const fitting = patch.hunks.findIndex(
    (_, index) => applyPatch(source, { ...patch, hunks: patch.hunks.slice(0, index + 1) }, exact) === false,
  );
  const hunk = patch.hunks[fitting];
  throw new ToolError(
    'patch_rejected',
    `Cannot patch "${path}": hunk ${fitting + 1} of ${patch.hunks.length} (line ${hunk?.oldStart}) does not match the file${lineEndsOf(source, patch)}`,
    { data: { hunk: fitting + 1, line: hunk?.oldStart } },
  );
}

function count(patch: StructuredPatch, mark: '+' | '-'): number {
  return patch.hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(mark)).length, 0);
}

export const patch = tool({
  description: 'Apply a unified diff to one file, exactly or not at all; from or to /dev/null creates or deletes it',
  input: Type.Object(
    {
      path: WorkspacePath,
      patch: Type.String({
        minLength: 1,
        maxLength: 8_388_608,
        description: 'A unified diff of one file; the names in it do not count',
      }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    path: Type.String(),
    change: Type.Union([Type.Literal('created'), Type.Literal('modified'), Type.Literal('deleted')]),
    hunks: Type.Integer(),
    added: Type.Integer({ description: 'Lines' }),
    removed: Type.Integer({ description: 'Lines' }),
  }),
  outputMode: 'patch',
  effects: ['write'],
  timeoutMs: 60_000,
  async run(input, context) {
    const diff = parse(input.patch);
    refuseUnheard(input.patch);
    const target = targetOf(context, input.path, 'follow');
    const creates = diff.oldFileName === '/dev/null';
    if (target.node !== undefined && target.node.type !== 'file') {
      throw new ToolError('not_a_file', `Cannot patch "${input.path}": a ${target.node.type} is there`);
    }
    if (creates && target.node !== undefined) {
      throw new ToolError('exists', `Cannot create "${input.path}": it exists already`);
    }
    if (!creates && target.node === undefined) {
      throw new ToolError('not_found', `Cannot patch "${input.path}": it does not exist`);
    }
    return changing(`patch "${input.path}"`, async () => {
      if (!creates) await refuseReadOnly(target.absolute);
      const bytes = creates ? Buffer.alloc(0) : await readFile(target.absolute);
      if (!isUtf8(bytes)) throw new ToolError('not_text', `Cannot patch "${input.path}": it is not UTF-8 text`);
      const before = bytes.toString('utf8');
      const after = apply(before, diff, input.path);
      const counts = { hunks: diff.hunks.length, added: count(diff, '+'), removed: count(diff, '-') };
      if (diff.newFileName === '/dev/null') {
        if (after !== '') {
          const why = 'it deletes the file, which holds more than the patch removes';
          throw new ToolError('patch_rejected', `Cannot patch "${input.path}": ${why}`);
        }
        await unlink(target.absolute);
        return { path: target.path, change: 'deleted' as const, ...counts };
      }
      refuseRedactionMarks(input.path, before, after);
      await mkdir(dirname(target.absolute), { recursive: true });
      await replaceFile(target.absolute, Buffer.from(after), target.node?.mode ?? NEW_FILE_MODE);
      return { path: target.path, change: creates ? ('created' as const) : ('modified' as const), ...counts };
    });
  },
});
