import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

export interface BundledSources {
  /** The bundle; its map, if it has one, lies beside it. */
  readonly outfile: string;
  /** Every file that went in. */
  readonly inputs: readonly string[];
}

/**
 * Has a bundle and its map name what went in by its place in the plugin or in its package. The bundler names it by where it lies on this
 * machine, which is nobody's business, and would give other bytes for the same sources elsewhere.
 */
export function nameSources(folder: string, { outfile, inputs }: BundledSources): void {
  const names = new Map(inputs.map((input) => [input, nameOf(folder, input)]));
  const nameAt = (from: string, path: string): string | undefined => names.get(resolve(from, path));
  const bundle = readFileSync(outfile, 'utf8');
  writeFileSync(
    outfile,
    bundle.replaceAll(BUNDLERS_NAMES, (line, before: string, path: string, after = '') => {
      const name = nameAt(folder, path);
      return name === undefined ? line : `${before}${name}${after}`;
    }),
  );
  const mapFile = `${outfile}.map`;
  if (!existsSync(mapFile)) return;
  const map: { sources: string[] } = JSON.parse(readFileSync(mapFile, 'utf8'));
  const sources = map.sources.map((source) => nameAt(dirname(outfile), source) ?? source);
  writeFileSync(mapFile, JSON.stringify({ ...map, sources }));
}

/** A line above each module, and the key of one that is evaluated later. */
const BUNDLERS_NAMES = /^(\/\/ |[ ]{2}")([^"\n]+?)("\(.*)?$/gm;

function nameOf(folder: string, input: string): string {
  const inside = [folder, realpathSync(folder)].map((root) => relative(root, input)).find((path) => !isOutside(path));
  if (inside !== undefined) return slashed(inside);
  const packages = `${sep}node_modules${sep}`;
  const at = input.lastIndexOf(packages);
  if (at !== -1) return slashed(input.slice(at + 1));
  const home = packageAround(dirname(input));
  return home === undefined ? basename(input) : `${home.name}/${slashed(relative(home.folder, input))}`;
}

function isOutside(path: string): boolean {
  return path.startsWith('..') || isAbsolute(path);
}

/** Of a file that a link leads to, as to the SDK of a checkout. */
function packageAround(folder: string): { name: string; folder: string } | undefined {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) {
    const { name }: { name?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'));
    if (typeof name === 'string') return { name, folder };
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : packageAround(parent);
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
