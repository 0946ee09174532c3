import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Packages are found from here, and the test runner imports what lies here as it is. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));

/** What starts in a tenth of the time that the sources take: thousands of processes and threads are started of it. */
export interface CrashBundle extends Disposable {
  /** The program that is killed. */
  readonly child: string;
  /** test-home.ts, with workers of its own. */
  readonly home: typeof import('./test-home.ts');
}

/** Bundles the crash test's parts and their workers, laid out like `out/`; they go with the `using` that holds them. */
export async function bundleCrash(): Promise<CrashBundle> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'crash-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const source = (name: string): string => fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  await build({
    entryPoints: {
      'crash/crash-child': source('crash-child'),
      'crash/test-home': source('test-home'),
      'main/workers/database-worker': source('database-worker'),
      'main/workers/reader-worker': source('reader-worker'),
    },
    outdir: join(folder, 'out'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['better-sqlite3', '@bokuweb/zstd-wasm'],
    logLevel: 'warning',
  });
  const inFolder = (name: string): string => join(folder, 'out', 'crash', `${name}.js`);
  const home: unknown = await import(/* @vite-ignore */ pathToFileURL(inFolder('test-home')).href);
  return {
    child: inFolder('crash-child'),
    home: home as CrashBundle['home'], // what was bundled just now
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
