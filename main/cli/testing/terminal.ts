import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type * as nodePty from 'node-pty';

const modules = resolve(import.meta.dirname, '../../../node_modules');
const binary = join(modules, '@lydell', `node-pty-linux-${process.arch}`, 'pty.node');

/** Terminals need the binary that sandboxes get too; nothing is compiled for a test. */
export const hasTerminals = existsSync(binary);

/** Real terminals; their code is put into a folder of the test's, beside the binary. */
export function terminalsIn(folder: string): Pick<typeof nodePty, 'spawn'> {
  const to = join(folder, 'node-pty');
  cpSync(join(modules, 'node-pty', 'lib'), join(to, 'lib'), { recursive: true });
  copyFileSync(join(modules, 'node-pty', 'package.json'), join(to, 'package.json'));
  const place = join(to, 'prebuilds', `linux-${process.arch}`, 'pty.node');
  mkdirSync(dirname(place), { recursive: true });
  copyFileSync(binary, place);
  return createRequire(import.meta.url)(to) as typeof nodePty; // the very package
}
