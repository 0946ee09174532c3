import type { BytePath } from '../files/byte-path.ts';
import type { Pace } from '../pace.ts';

const ENTRY_HEAD_BYTES = 62;
const EXTENDED = 0x4000;

/**
 * The paths that git tracks, out of `.git/index` (gitformat-index(5), versions 2 to 4). A file git tracks is not ignored,
 * whatever `.gitignore` says. Undefined when it is no index that this reads; the caller then goes by the rules alone.
 */
export async function trackedPaths(index: Buffer, pace: Pace): Promise<ReadonlySet<BytePath> | undefined> {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = index.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const count = index.readUInt32BE(8);
  const found = new Set<BytePath>();
  let offset = 12;
  let previous = '';
  for (let entry = 0; entry < count; entry++) {
    if (pace.due) await pace.breathe();
    if (offset + ENTRY_HEAD_BYTES > index.length) return undefined;
    const extended = (index.readUInt16BE(offset + 60) & EXTENDED) !== 0;
    const head = ENTRY_HEAD_BYTES + (extended ? 2 : 0);
    let start = offset + head;
    let kept = '';
    if (version === 4) {
      const strip = readOffset(index, start);
      kept = previous.slice(0, previous.length - strip.value);
      start = strip.end;
    }
    const end = index.indexOf(0, start);
    if (end < 0) return undefined;
    previous = kept + index.toString('latin1', start, end);
    found.add(previous as BytePath); // git writes names as bytes, with slashes
    // Before version 4 entries are padded with 1 to 8 NULs to a multiple of eight.
    offset = version === 4 ? end + 1 : offset + ((head + (end - start) + 8) & ~7);
  }
  return found;
}

/** Git's variable-width encoding, each further byte adding one before the shift. */
function readOffset(index: Buffer, start: number): { value: number; end: number } {
  let at = start;
  let byte = index[at++] ?? 0;
  let value = byte & 0x7f;
  while (byte & 0x80 && at < index.length) {
    byte = index[at++] ?? 0;
    value = ((value + 1) << 7) | (byte & 0x7f);
  }
  return { value, end: at };
}
