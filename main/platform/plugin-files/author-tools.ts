import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import { systemClock } from '../../base/clock.ts';
import { manifestWarnings } from '../../kernel/plugins/manifest-warnings.ts';
import type { AuthorKit } from './author-kit.ts';
import { buildInThread } from './build-thread.ts';
import { refusalOfBuilt } from './built-refusal.ts';
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
import { MANIFEST } from './package-limits.ts';
import { type NewPlugin, writeTemplate } from './plugin-template.ts';
import { watchSaves } from './saved-files.ts';

function nothingToPack(folder: string): Fault {
  return new Fault('missing_manifest', `Cannot pack "${folder}": it is no plugin`, {
    why: `there is neither src/plugin.ts nor ${MANIFEST} in it`,
    fix: 'Name the folder of a plugin, or make one: cavern plugin new DIR',
  });
}

/** What writes plugins, without a kernel. */
export function authorTools(kit: AuthorKit) {
  return {
    create: (plugin: NewPlugin): Promise<string[]> => writeTemplate(plugin, kit),
    layServer,
    writeMcp: writeMcpPlugin,
    async check(path: string) {
      const { manifest, ...checked } = await checkPath(path);
      return { ...checked, warnings: manifest === undefined ? [] : manifestWarnings(manifest) };
    },
    /** A folder with `src/plugin.ts` is built first, with a map to its sources where that is asked for; any other is packed as it is. */
    async pack(folder: string, to: string, options: { sourcemap?: 'linked' } = {}): Promise<WrittenPackage> {
      const fileOf = ({ id, version }: { id: string; version: string }): string => join(to, `${id}-${version}.tgz`);
      if (!existsSync(join(folder, 'src/plugin.ts'))) {
        if (existsSync(folder) && !existsSync(join(folder, MANIFEST))) throw nothingToPack(folder);
        return packFolder(folder, fileOf);
      }
      const built = mkdtempSync(join(tmpdir(), 'cavern-pack-'));
      try {
        await buildInThread(kit, { folder, target: built, ...options });
        return await packFolder(built, fileOf);
      } catch (thrown) {
        if (thrown instanceof Fault && thrown.code === 'plugin_refused') throw refusalOfBuilt(folder, built, thrown);
        throw thrown;
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
