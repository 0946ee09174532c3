import { chmod, link, lstat, mkdir, open, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import koffi from 'koffi';
import type { SessionId } from '../../../../schema/entities.ts';
import { toBytes } from '../../../kernel/changes/files/byte-path.ts';
import { diskLayerReader } from '../../workspace-files/layers/disk-layer-reader.ts';
import { ApiEngine } from '../api-engine.ts';
import { refusingOverlays } from './refusing-overlays.ts';
import { SandboxMachine, shell } from './sandbox-machine.ts';

/**
 * Works on a workspace that has all that is difficult, in a sandbox, as whoever runs it. Arguments: a folder, the engine's socket, `overlay`
 * or `copy`, and how many small files there are besides. Prints what was seen before, after, and after another start.
 */
const [folder = '', socket = '', strategy = '', count = '0'] = process.argv.slice(2);
const HUGE_BYTES = 10 * 1024 ** 3;
const A_FOLDER = 1_000;

const engine = await ApiEngine.connect(socket, folder);
const machine = await SandboxMachine.open({
  folder,
  connect: async () => (strategy === 'copy' ? refusingOverlays(engine) : engine),
  profile: { fileSizeBytes: 2 * HUGE_BYTES },
});
const workspace = join(folder, 'workspace');
const at = (path: string): string => join(workspace, path);
await plantWorkspace();
const before = await hostView();
const sandboxes = machine.sandboxes();
const session = 'cow' as SessionId; // Test data.
const { signal } = new AbortController();
const order = { session, workspace: await sandboxes.checkWorkspace(workspace), profile: 'workspace', signal };
const script = async (name: string): Promise<string[]> => {
  const text = await readFile(new URL(name, import.meta.url), 'utf8');
  const { stdout, stderr, exitCode } = await shell(sandboxes, session, `python3 - <<'END'\n${text}\nEND`);
  if (exitCode !== 0) throw new Error(`${name}: ${stderr}`);
  return stdout.trim().split('\n');
};
await sandboxes.start(order);
const first = await script('./view-look.py');
await script('./view-change.py');
const changed = await script('./view-look.py');
const layer = sandboxes.layer(session);
const marks = await diskLayerReader.marks(layer, signal);
await sandboxes.stop(session);
await sandboxes.start(order);
const again = await script('./view-look.py');
const used = await machine.usedBytes(session);
await sandboxes.remove(session);
const listed = marks.map((mark) => `${mark.mark} ${toBytes(mark.path).toString('latin1')}`);
const left = [...(await machine.leftWithEngine(engine)), ...(await readdir(join(machine.home, 'sessions')))];
const untouched = JSON.stringify(await hostView()) === JSON.stringify(before);
await rm(workspace, { recursive: true });
process.stdout.write(
  `${JSON.stringify({ strategy: layer.strategy, first, changed, again, marks: listed, used, left, untouched })}\n`,
);
process.exit(0);

async function plantWorkspace(): Promise<void> {
  for (const name of ['gone/deep', 'replaced', 'folder/sub', 'Case', 'many', 'setgid']) {
    await mkdir(at(name), { recursive: true });
  }
  const files = ['a', 'b', 'plain', 'noted', 'file', 'readme.md', 'hard1', 'gone/deep/x', 'gone/y'];
  for (const name of [...files, 'replaced/old', 'folder/sub/z', 'folder/w', 'Case/c']) await writeFile(at(name), name);
  await writeFile(Buffer.concat([Buffer.from(`${workspace}/na`), Buffer.from([0xff]), Buffer.from('me')]), 'bytes');
  await symlink('a', at('link'));
  await symlink('/nowhere', at('dangling'));
  await link(at('hard1'), at('hard2'));
  for (const [name, mode] of [
    ['mode600', 0o600],
    ['mode555', 0o555],
    ['mode444', 0o444],
  ] as const) {
    await writeFile(at(name), name);
    await chmod(at(name), mode);
  }
  await chmod(at('setgid'), 0o2750);
  setNote(at('noted'), 'outside');
  const huge = await open(at('huge'), 'w');
  await huge.truncate(HUGE_BYTES);
  await huge.write('start', 0);
  await huge.close();
  for (let number = 0; number < Number(count); number++) {
    const parent = at(`many/${Math.floor(number / A_FOLDER)}`);
    if (number % A_FOLDER === 0) await mkdir(parent);
    await writeFile(join(parent, String(number % A_FOLDER)), String(number));
  }
}

function setNote(path: string, text: string): void {
  const set: unknown = koffi
    .load('libc.so.6')
    .func('int setxattr(const char *path, const char *name, const uint8_t *value, size_t size, int flags)');
  if (typeof set !== 'function') throw new Error('There is no setxattr');
  const bytes = Buffer.from(text);
  if (set(path, 'user.note', bytes, bytes.length, 0) !== 0) throw new Error('This file system keeps no attributes');
}

/** Names, kinds, modes, sizes, links and times of the real folder. */
async function hostView(): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(workspace, { recursive: true, withFileTypes: true, encoding: 'latin1' })) {
    const path = Buffer.from(`${entry.parentPath}/${entry.name}`, 'latin1');
    const { mode, nlink, size, blocks, mtimeMs, ino } = await lstat(path);
    lines.push([path.toString('latin1'), mode, nlink, size, blocks, mtimeMs, ino].join(' '));
  }
  return lines.sort();
}
