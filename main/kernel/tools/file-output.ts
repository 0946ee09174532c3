import { Fault } from '../../../schema/fault.ts';
import type { Tool } from '../../../schema/entities.ts';
import { filePatch } from '../changes/patch.ts';
import { PatchRefused, applyPatch, parsePatch } from '../changes/unified-patch.ts';

/** What a tool proposes to write, as a difference that was checked or computed by the kernel. */
export interface FileOutput {
  readonly patch: string;
}

/** The bytes of a file as the session sees it now; undefined where there is none. */
export type SessionFile = (path: string) => Promise<Buffer | undefined>;

/**
 * For tools that write: `patch` gives a unified diff as `patch`, which must apply to what the session has, without fuzz;
 * `full` gives whole `files`, whose difference is computed here. Undefined for any other answer. Throws `tool_failed` with
 * the file, the hunk and the reason.
 */
export async function checkFileOutput(tool: Tool, result: unknown, file: SessionFile): Promise<FileOutput | undefined> {
  if (!tool.effects.includes('write') || typeof result !== 'object' || result === null) return undefined;
  if (tool.outputMode === 'patch' && 'patch' in result && typeof result.patch === 'string') {
    await tryPatch(tool.name, result.patch, file);
    return { patch: result.patch };
  }
  if (tool.outputMode !== 'full' || !('files' in result) || !Array.isArray(result.files)) return undefined;
  const files: readonly unknown[] = result.files;
  const parts: string[] = [];
  for (const one of files) parts.push(await difference(tool.name, one, file));
  return { patch: parts.join('') };
}

async function tryPatch(tool: string, patch: string, file: SessionFile): Promise<void> {
  try {
    for (const each of parsePatch(patch)) {
      // A new file is only new where there is none yet.
      const before = await file(each.from ?? each.to ?? '');
      applyPatch(each, before?.toString());
    }
  } catch (thrown) {
    if (!(thrown instanceof PatchRefused)) throw thrown;
    const { file: path, hunk, reason } = thrown;
    throw new Fault('tool_failed', `Cannot take what ${tool} gave: its patch does not apply to ${thrown.message}`, {
      why: reason,
      fix: 'Look at the file as it is now and make the patch again.',
      data: { code: 'patch_refused', path, hunk, reason },
    });
  }
}

async function difference(tool: string, one: unknown, file: SessionFile): Promise<string> {
  if (typeof one !== 'object' || one === null || !('path' in one) || typeof one.path !== 'string') return '';
  const { path } = one;
  const content = 'content' in one && typeof one.content === 'string' ? one.content : undefined;
  const encoding = 'encoding' in one && one.encoding === 'base64' ? 'base64' : 'utf8';
  const old = await file(path);
  const side = (bytes: Buffer | undefined) => bytes && { mode: '100644', bytes };
  const fresh = content === undefined ? undefined : Buffer.from(content, encoding);
  if (old !== undefined && fresh !== undefined && old.equals(fresh)) return '';
  const part = filePatch({ from: path, path, before: side(old), after: side(fresh) });
  if (part !== undefined) return part;
  throw new Fault('tool_failed', `Cannot take what ${tool} gave: "${path}" is no text`, {
    data: { code: 'not_text', path },
  });
}
