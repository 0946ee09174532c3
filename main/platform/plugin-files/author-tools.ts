import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { AuthorKit } from './author-kit.ts';
import { buildInThread } from './build-thread.ts';
import { layServer, writeMcpPlugin } from './mcp-plugin-folder.ts';
import {
  attachBundle,
  checkPath,
  packFolder,
  signArchive,
  type WrittenPackage,
  writeBytesToSign,
  writeIndex,
} from './package-author.ts';
import { type NewPlugin, writeTemplate } from './plugin-template.ts';
import { watchSaves } from './saved-files.ts';

/** What writes plugins, without a kernel. */
export function authorTools(kit: AuthorKit) {
  return {
    create: (plugin: NewPlugin): Promise<string[]> => writeTemplate(plugin, kit),
    layServer,
    writeMcp: writeMcpPlugin,
    check: checkPath,
    /** A folder with `src/plugin.ts` is built first; any other is packed as it is. */
    async pack(folder: string, to: string): Promise<WrittenPackage> {
      const fileOf = ({ id, version }: { id: string; version: string }): string => join(to, `${id}-${version}.tgz`);
      if (!existsSync(join(folder, 'src/plugin.ts'))) return packFolder(folder, fileOf);
      const built = mkdtempSync(join(tmpdir(), 'cavern-pack-'));
      try {
        await buildInThread(kit, folder, built);
        return await packFolder(built, fileOf);
      } finally {
        rmSync(built, { recursive: true, force: true });
      }
    },
    watch: (folder: string, onSave: () => void): Disposable => watchSaves(folder, systemClock, onSave),
    sign: signArchive,
    bytesToSign: writeBytesToSign,
    attachBundle,
    index: writeIndex,
  };
}
