import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from './define-plugin.ts';
import { manifestText } from './manifest.ts';

/** `node plugins/sdk/src/write-manifest.ts FOLDER…`: writes each folder's plugin.json from what its src/plugin.ts exports as `plugin`. */
for (const argument of process.argv.slice(2)) {
  const folder = resolve(argument);
  const module: { plugin: Plugin } = await import(pathToFileURL(join(folder, 'src/plugin.ts')).href);
  writeFileSync(join(folder, 'plugin.json'), manifestText(module.plugin));
}
