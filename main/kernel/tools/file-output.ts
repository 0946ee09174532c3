import { Fault } from '../../../schema/fault.ts';
import type { Tool } from '../../../schema/entities.ts';
import type { PatchRefusal, TextWork } from '../changes/diff/text-operations.ts';

/** What a tool proposes to write, as a difference that was checked or computed by the kernel. */
export interface FileOutput {
  readonly patch: string;
}

/** The bytes of a file as the session sees it now; undefined where there is none. */
export type SessionFile = (path: string) => Promise<Buffer | undefined>;

export interface FileOutputPorts {
  readonly file: SessionFile;
  readonly texts: TextWork;
}

/**
 * For tools that write: `patch` gives a unified diff as `patch`, which must apply to what the session has, without fuzz;
 * `full` gives whole `files`, whose difference is computed here. Undefined for any other answer. Throws `tool_failed` with
 * the file, the hunk and the reason.
 */
export async function checkFileOutput(
  tool: Tool,
  result: unknown,
  ports: FileOutputPorts,
): Promise<FileOutput | undefined> {
  if (!tool.effects.includes('write') || typeof result !== 'object' || result === null) return undefined;
  if (tool.outputMode === 'patch' && 'patch' in result && typeof result.patch === 'string') {
    await tryPatch(tool.name, result.patch, ports);
    return { patch: result.patch };
  }
  if (tool.outputMode !== 'full' || !('files' in result) || !Array.isArray(result.files)) return undefined;
  const files: readonly unknown[] = result.files;
  const parts: string[] = [];
  for (const one of files) parts.push(await difference(tool.name, one, ports));
  return { patch: parts.join('') };
}

async function tryPatch(tool: string, patch: string, { file, texts }: FileOutputPorts): Promise<void> {
  const names = await texts.run('patchedFiles', patch);
  if (!Array.isArray(names)) throw refused(tool, names);
  const files: (Buffer | undefined)[] = [];
  // A new file is only new where there is none yet.
  for (const name of names) files.push(await file(name));
  const refusal = await texts.run('checkPatch', { patch, files });
  if (refusal) throw refused(tool, refusal);
}

function refused(tool: string, { file: path, hunk, reason, message }: PatchRefusal): Fault {
  return new Fault('tool_failed', `Cannot take what ${tool} gave: its patch does not apply to ${message}`, {
    why: reason,
    fix: 'Look at the file as it is now and make the patch again.',
    data: { code: 'patch_refused', path, hunk, reason },
  });
}

async function difference(tool: string, one: unknown, { file, texts }: FileOutputPorts): Promise<string> {
  if (typeof one !== 'object' || one === null || !('path' in one) || typeof one.path !== 'string') return '';
  const { path } = one;
  const content = 'content' in one && typeof one.content === 'string' ? one.content : undefined;
  const encoding = 'encoding' in one && one.encoding === 'base64' ? 'base64' : 'utf8';
  const old = await file(path);
  const side = (bytes: Buffer | undefined) => bytes && { mode: '100644', bytes };
  const fresh = content === undefined ? undefined : Buffer.from(content, encoding);
  if (old !== undefined && fresh !== undefined && old.equals(fresh)) return '';
  const part = await texts.run('patch', { from: path, path, before: side(old), after: side(fresh) });
  if (part !== undefined) return part;
  throw new Fault('tool_failed', `Cannot take what ${tool} gave: "${path}" is no text`, {
    data: { code: 'not_text', path },
  });
}
