import { rename, rm, writeFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { SaveArchive } from '../../kernel/diagnostics/ports.ts';
import { packArchive } from '../plugin-files/pack-archive.ts';

/** A gzipped tar archive for its owner alone; a file that is there is replaced whole, or stays. */
export const saveArchive: SaveArchive = async (file, entries) => {
  if (!isAbsolute(file)) throw new Error('It is not an absolute path.');
  const bytes = await packArchive(
    entries.map(({ name, text }) => ({ path: `cavern-diagnostics/${name}`, content: text })),
  );
  const temporary = `${file}.tmp-${process.pid}`;
  try {
    await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return bytes.length;
};
