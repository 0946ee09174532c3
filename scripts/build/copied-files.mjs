import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout } from '../setup/folders.mjs';
import { outFolder } from './part.mjs';

/** The platform inside every sandbox, whatever the operator's machine is. */
const insideArch = process.arch;

/**
 * Puts node-pty where the agent finds it inside a sandbox, with the binary that was built against an old libc and so loads in any image.
 * @returns {Promise<void>}
 */
export async function stageNodePty() {
  const from = join(checkout, 'node_modules', 'node-pty');
  await replaceFolder(join(outFolder, 'agent', 'node_modules', 'node-pty'), (to) => {
    const lib = (/** @type {string} */ path) => !/\.(test\.js|map)$/.test(path);
    cpSync(join(from, 'lib'), join(to, 'lib'), { recursive: true, filter: lib });
    for (const file of ['package.json', 'LICENSE']) copyFileSync(join(from, file), join(to, file));
    const binary = join(checkout, 'node_modules', '@lydell', `node-pty-linux-${insideArch}`, 'pty.node');
    if (!existsSync(binary)) throw new Error(`Cannot stage node-pty: no binary for linux-${insideArch}`);
    const place = join(to, 'prebuilds', `linux-${insideArch}`, 'pty.node');
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(binary, place);
  });
}

/**
 * Puts koffi where the agent finds it: process 1 collects the exit statuses of orphans through it. The binaries for other libcs stay out.
 * @returns {Promise<void>}
 */
export async function stageKoffi() {
  const modules = join(outFolder, 'agent', 'node_modules');
  const inside = `koffi-linux-${insideArch}`;
  await replaceFolder(join(modules, '@koromix'), (to) => {
    const from = join(checkout, 'node_modules', '@koromix', inside);
    if (!existsSync(from)) throw new Error(`Cannot stage koffi: no binary for linux-${insideArch}`);
    const wanted = (/** @type {string} */ path) => !path.includes('musl_');
    cpSync(from, join(to, inside), { recursive: true, filter: wanted });
  });
  await replaceFolder(join(modules, 'koffi'), (to) => {
    const from = join(checkout, 'node_modules', 'koffi');
    const isCode = (/** @type {string} */ path) =>
      statSync(path).isDirectory() ? !/[\\/](doc|lib|vendor)$/.test(path) : /\.(c?js|json|txt)$/.test(path);
    cpSync(from, to, { recursive: true, filter: isCode });
  });
}

/**
 * Puts what a plugin has beside its code into out/: its manifest, its README and, for search, the ripgrep that runs inside the sandbox.
 * @param {{ folder: string, id: string }} plugin
 * @returns {Promise<void>}
 */
export async function copyPlugin({ folder, id }) {
  const to = join(outFolder, 'plugins', id);
  mkdirSync(to, { recursive: true });
  for (const file of ['plugin.json', 'README.md']) {
    const from = join(checkout, folder, file);
    if (existsSync(from)) copyFileSync(from, join(to, file));
  }
  if (id !== 'search') return;
  const rg = join(to, 'bin', 'rg');
  mkdirSync(dirname(rg), { recursive: true });
  copyFileSync(
    join(checkout, 'node_modules', '@vscode', `ripgrep-linux-${insideArch}`, 'bin', 'rg'),
    `${rg}.${process.pid}`,
  );
  chmodSync(`${rg}.${process.pid}`, 0o755);
  renameSync(`${rg}.${process.pid}`, rg);
}

/**
 * Fills a folder apart and puts it in the place of the old one, so that nobody reads a half-filled one.
 * @param {string} folder
 * @param {(draft: string) => void | Promise<void>} fill
 */
export async function replaceFolder(folder, fill) {
  const draft = `${folder}.${process.pid}`;
  const old = `${draft}.old`;
  mkdirSync(draft, { recursive: true });
  try {
    await fill(draft);
    if (readdirSync(draft).length === 0) throw new Error(`Cannot fill ${folder}: nothing was made`);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(draft, folder);
  } finally {
    for (const rest of [draft, old]) rmSync(rest, { recursive: true, force: true });
  }
}
