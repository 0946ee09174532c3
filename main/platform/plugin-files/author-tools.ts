import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../../../schema/fault.ts';
import { systemClock } from '../../base/clock.ts';
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

const BUILD_LIMIT_MS = 120_000;

/** Bundles with the SDK's own builder, which is part of a checkout. Throws `build_failed`. */
async function bundle(sdk: string, folder: string, target: string): Promise<void> {
  try {
    const script = join(sdk, 'src/build-package.ts');
    await promisify(execFile)(process.execPath, [script, folder, target], { timeout: BUILD_LIMIT_MS });
  } catch (thrown) {
    const why = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr).slice(0, 2000) : String(thrown);
    throw new Fault('build_failed', `Cannot pack "${folder}": it does not build`, { why });
  }
}

function sdkOf(checkout: string): string {
  const sdk = join(checkout, 'plugins/sdk');
  if (existsSync(join(sdk, 'src/build-package.ts'))) return sdk;
  throw new Fault('no_checkout', 'Cannot build a plugin: the SDK is part of a checkout, not of the installed program');
}

/** What writes plugins, without a kernel: `checkout` is where the SDK lies. */
export function authorTools(checkout: string) {
  return {
    create(plugin: NewPlugin): string[] {
      return writeTemplate(plugin, { sdk: sdkOf(checkout), typebox: join(checkout, 'node_modules/typebox') });
    },
    check: checkPath,
    /** A folder with `src/plugin.ts` is built first; any other is packed as it is. */
    async pack(folder: string, to: string): Promise<WrittenPackage> {
      const fileOf = ({ id, version }: { id: string; version: string }): string => join(to, `${id}-${version}.tgz`);
      if (!existsSync(join(folder, 'src/plugin.ts'))) return packFolder(folder, fileOf);
      const built = mkdtempSync(join(tmpdir(), 'cavern-pack-'));
      try {
        await bundle(sdkOf(checkout), folder, built);
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
