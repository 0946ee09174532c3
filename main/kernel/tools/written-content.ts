import type { Tool } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { bringsRedactionMark } from '../policy/redaction-mark.ts';

const ENCODINGS = new Set(['utf8', 'utf16le', 'latin1', 'base64']);

function isEncoding(text: unknown): text is BufferEncoding {
  return typeof text === 'string' && ENCODINGS.has(text);
}

/** The bytes that a tool writes, where its input has them as `content`. */
export function writtenSize(tool: Tool, input: unknown): { size?: number } {
  if (!tool.effects.includes('write') || typeof input !== 'object' || input === null || !('content' in input))
    return {};
  if (typeof input.content !== 'string') return {};
  const encoding = 'encoding' in input && isEncoding(input.encoding) ? input.encoding : 'utf8';
  return { size: Buffer.from(input.content, encoding).length };
}

/**
 * Whoever was shown a mark in the place of a secret must not write it back over the secret (policy.md, Redaction).
 * `textOf` gives what a file holds now. Throws `invalid_input`.
 */
export async function refuseRedacted(
  tool: Tool,
  input: unknown,
  textOf: (path: string) => Promise<string | undefined>,
): Promise<void> {
  if (!tool.effects.includes('write') || typeof input !== 'object' || input === null) return;
  const { path, content, patch }: { path?: unknown; content?: unknown; patch?: unknown } = input;
  const brings =
    typeof patch === 'string'
      ? patchBringsMark(patch)
      : typeof content === 'string' &&
        bringsRedactionMark(undefined, content) &&
        bringsRedactionMark(typeof path === 'string' ? await textOf(path) : undefined, content);
  if (!brings) return;
  throw new Fault('invalid_input', `Cannot call ${tool.name}: it would write a [redacted: mark into the file`, {
    why: 'The mark stands for a secret that the reader was not shown; writing it back would lose the secret.',
    fix: 'Change only other lines, with a patch.',
  });
}

/** What a patch takes away and leaves must hold the marks that it adds. */
function patchBringsMark(patch: string): boolean {
  const lines = patch.split('\n');
  const before = lines.filter((line) => !line.startsWith('+'));
  return bringsRedactionMark(before.join('\n'), lines.filter((line) => !line.startsWith('-')).join('\n'));
}
