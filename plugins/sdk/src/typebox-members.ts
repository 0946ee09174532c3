import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/** A file that was bundled itself, as those of the SDK's package, has one for each of its sources. */
const DEFAULT_IMPORT = /^import (\w+)(?:, (\{[^}]*\}))? from (?:'typebox'|"typebox");?$/gm;
/** A plugin's sources, and the SDK as a package, which is bundled itself. */
const SOURCES = /\.ts$|[\\/]plugin-sdk[\\/]dist[\\/][^\\/]+\.js$/;

/**
 * For esbuild: has a bundle hold only those parts of TypeBox that the sources use. `import Type from 'typebox'` is one object with
 * everything in it; the same module imported by its members lets the rest be left out, which is four fifths of a small plugin and a
 * quarter of the time that it takes to start.
 */
export const typeboxMembers: Plugin = {
  name: 'typebox-members',
  setup(build) {
    build.onLoad({ filter: SOURCES }, async ({ path }) => {
      if (path.includes('/node_modules/typebox/')) return undefined;
      const source = await readFile(path, 'utf8');
      const loader = path.endsWith('.ts') ? 'ts' : 'js';
      if (source.search(DEFAULT_IMPORT) === -1) return { contents: source, loader };
      const found = await build.resolve('typebox', { resolveDir: dirname(path), kind: 'import-statement' });
      // What is not there is told by the import itself, with its line.
      if (found.errors.length > 0) return { contents: source, loader };
      // The module whose namespace the default export is.
      const members = JSON.stringify(join(dirname(found.path), 'typebox.mjs'));
      const contents = source.replaceAll(DEFAULT_IMPORT, (_whole, name: string, others: string | undefined) => {
        const rest = others === undefined ? '' : ` import ${others} from 'typebox';`;
        return `import * as ${name} from ${members};${rest}`;
      });
      return { contents, loader };
    });
  },
};
