import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CrashSource } from '../../kernel/diagnostics/ports.ts';
import { crashFiles, crashFolder } from './crash-reports.ts';

/** The reports that lie beside the logs. */
export function crashSource(logs: string): CrashSource {
  const folder = crashFolder(logs);
  return {
    async list() {
      const found = await Promise.all(
        crashFiles(folder).map(async (file) => ({
          file,
          text: await readFile(join(folder, file), 'utf8').catch(() => undefined),
        })),
      );
      return found.flatMap(({ file, text }) => (text === undefined ? [] : [{ file, text }]));
    },
  };
}
