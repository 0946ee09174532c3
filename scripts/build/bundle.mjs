import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout } from '../setup/folders.mjs';
import { outFolder } from './part.mjs';
import { writeWhole } from './stamp.mjs';

/** Native modules stay files of their own; electron is not a package at run time. */
const external = ['electron', 'better-sqlite3', 'node-pty', 'koffi', '*.node'];

const leftOut = fileURLToPath(new URL('./left-out.cjs', import.meta.url));
const alias = { ssh2: leftOut, '@grpc/grpc-js': leftOut, '@grpc/proto-loader': leftOut };

/** CommonJS dependencies inside an ES module bundle use `require` and `__dirname`, which ES modules do not have. */
const moduleBanner = [
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  'const __dirname=import.meta.dirname;',
].join('');

/** The oldest Node that runs main: the one in Electron 33. */
const oldestTarget = 'node20.18';

/**
 * Bundles one entry into one file of out/, with its source map beside it; `split` puts what is imported later into files of their own.
 * @param {{ entry: string, output: string, format: 'esm' | 'cjs', target?: string, pieces?: 'one' | 'split', maps?: 'beside' | 'none', plugins?: import('esbuild').Plugin[] }} options `entry` is relative to the checkout, `output` to out/
 * @throws with esbuild's messages
 */
export async function bundle({
  entry,
  output,
  format,
  target = oldestTarget,
  pieces = 'one',
  maps = 'beside',
  plugins = [],
}) {
  const { build } = await import('esbuild');
  const folder = join(outFolder, dirname(output));
  const { outputFiles } = await build({
    absWorkingDir: checkout,
    entryPoints: [entry],
    ...(pieces === 'split'
      ? { outdir: folder, entryNames: basename(output, '.js'), chunkNames: `${piecePrefix}[hash]`, splitting: true }
      : { outfile: join(outFolder, output) }),
    bundle: true,
    write: false,
    platform: 'node',
    target,
    format,
    external,
    alias,
    plugins,
    // Names stay, so that a stack trace reads; what V8 has to scan at every start is halved.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: maps === 'beside',
    logLevel: 'warning',
    ...(format === 'esm' ? { banner: { js: moduleBanner } } : {}),
  });
  for (const file of outputFiles) writeWhole(file.path, file.contents);
  if (pieces === 'split')
    removeOtherPieces(
      folder,
      outputFiles.map((file) => basename(file.path)),
    );
}

const piecePrefix = 'piece-';

/**
 * The pieces of an earlier build have other names.
 * @param {string} folder
 * @param {readonly string[]} kept
 */
function removeOtherPieces(folder, kept) {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(piecePrefix) && !kept.includes(name)) rmSync(join(folder, name), { force: true });
  }
}
