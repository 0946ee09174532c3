import { mkdirSync, openSync, closeSync, fsyncSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Pace } from '../../../kernel/changes/pace.ts';
import { errorCode } from '../folders/anchored-folders.ts';

const WRITE_CHARACTERS = 256 * 1024;

/** Adds a line of JSON for each value; all are on the disk when it resolves. A new file's name is too. */
export async function appendLines(path: string, values: readonly unknown[]): Promise<void> {
  const handle = await openToAppend(path);
  try {
    const { size } = await handle.stat();
    await writeLines(handle, size, values);
    await handle.datasync();
    if (size === 0) syncFolder(dirname(path));
  } finally {
    await handle.close();
  }
}

/** The same, but they are only handed to the operating system: they outlive this process, and `syncLines` brings them to the disk. */
export async function handOverLines(path: string, values: readonly unknown[]): Promise<void> {
  const handle = await openToAppend(path);
  try {
    await writeLines(handle, (await handle.stat()).size, values);
  } finally {
    await handle.close();
  }
}

/** What was handed over is on the disk when it resolves, and the file's name too. */
export async function syncLines(path: string): Promise<void> {
  const handle = await openToAppend(path);
  try {
    await handle.datasync();
    syncFolder(dirname(path));
  } finally {
    await handle.close();
  }
}

function openToAppend(path: string): Promise<FileHandle> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return open(path, 'a+', 0o600);
}

async function writeLines(handle: FileHandle, size: number, values: readonly unknown[]): Promise<void> {
  const pace = new Pace();
  let lines = (await endsInside(handle, size)) ? '\n' : '';
  for (const value of values) {
    lines += `${JSON.stringify(value)}\n`;
    if (lines.length >= WRITE_CHARACTERS) {
      await handle.appendFile(lines);
      lines = '';
    }
    if (pace.due) await pace.breathe();
  }
  await handle.appendFile(lines);
}

/** True when a crash left the last line without its end. */
async function endsInside(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}

export function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The values of a file of such lines. What a crash left half written at its end is not there. */
export async function readLines(path: string): Promise<readonly unknown[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n');
  // All but the last end in a line feed; the last is empty, or cut off.
  lines.pop();
  const pace = new Pace();
  const values: unknown[] = [];
  for (const line of lines) {
    values.push(...parsed(line));
    if (pace.due) await pace.breathe();
  }
  return values;
}

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    // Something appended after a line that a crash cut off.
    return [];
  }
}
