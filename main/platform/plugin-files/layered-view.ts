import { constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { byUnits, nodeOf, openedFile } from '../../../plugins/sdk/src/disk-view.ts';
import type { ViewEntry, ViewNode, WorkspaceView } from '../../../plugins/sdk/src/workspace-view.ts';
import {
  type BytePath,
  fromText,
  join,
  nameOf,
  parentOf,
  ROOT,
  toBytes,
  toText,
} from '../../kernel/changes/files/byte-path.ts';
import { INSIDE } from '../../kernel/sandboxes/container-spec.ts';
import type { SessionLayer } from '../../kernel/sandboxes/session-layer.ts';
import { AnchoredFolders, errorCode, isAscii } from '../workspace-files/folders/anchored-folders.ts';
import { isOpaque } from '../workspace-files/folders/extended-attributes.ts';
import { type Attributes, folderCalls } from '../workspace-files/folders/folder-calls.ts';

/** What is found can be read in more than one way from out here; the sandbox itself must answer. */
export class Unsure extends Error {
  override readonly name = 'Unsure';
}

export interface SandboxUser {
  readonly uid: number;
  readonly gid: number;
}

/** Entries looked at before other work gets its turn. */
const ENTRIES_A_TURN = 250;
const READ = 0o4;
const SEARCH = 0o1;

type Found =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'whiteout' }
  | { readonly kind: 'node'; readonly stats: Attributes };

const NOTHING: Found = { kind: 'nothing' };
const WHITEOUT: Found = { kind: 'whiteout' };

const formatOf = ({ mode }: Attributes): number => mode & constants.S_IFMT;
const isFolder = (stats: Attributes): boolean => formatOf(stats) === constants.S_IFDIR;

/** One folder that a view is made of. Names are reached through opened folders, so no link that appears meanwhile is followed. */
class Layer implements Disposable {
  readonly #folders: AnchoredFolders;

  constructor(root: string) {
    this.#folders = new AnchoredFolders(root);
  }

  find(path: BytePath): Found {
    try {
      const stats = path === ROOT ? fstatSync(this.#descriptor(ROOT)) : this.#lstat(path);
      if (stats === undefined) return NOTHING;
      return formatOf(stats) === constants.S_IFCHR && stats.rdev === 0 ? WHITEOUT : { kind: 'node', stats };
    } catch (thrown) {
      const code = errorCode(thrown);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return NOTHING;
      throw new Unsure('a name cannot be looked at', { cause: thrown });
    }
  }

  isOpaque(path: BytePath): boolean {
    return isOpaque(this.#descriptor(path));
  }

  names(path: BytePath): BytePath[] {
    const place = this.#folders.self(path);
    if (place === undefined) throw new Unsure('a folder went away');
    return readdirSync(place, 'latin1') as BytePath[]; // each byte is one character
  }

  link(path: BytePath): Buffer {
    return readlinkSync(this.#place(path), { encoding: 'buffer' });
  }

  open(path: BytePath): number {
    return openSync(this.#place(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  }

  [Symbol.dispose](): void {
    this.#folders[Symbol.dispose]();
  }

  #lstat(path: BytePath): Attributes | undefined {
    const quick = this.#quickly(path);
    if (quick !== 'unknown') return quick === 'absent' ? undefined : quick;
    const place = this.#folders.place(path);
    return place === undefined ? undefined : lstatSync(place, { throwIfNoEntry: false });
  }

  /** In the opened folder itself, in half of the time. */
  #quickly(path: BytePath): Attributes | 'absent' | 'unknown' {
    const calls = folderCalls();
    const name = nameOf(path);
    if (calls === null || !isAscii(name)) return 'unknown';
    const folder = this.#folders.parent(path);
    return folder === undefined ? 'absent' : calls.attributes(folder, name);
  }

  #place(path: BytePath): string | Buffer {
    const place = this.#folders.place(path);
    if (place === undefined) throw new Unsure('a folder went away');
    return place;
  }

  #descriptor(path: BytePath): number {
    const descriptor = this.#folders.folder(path);
    if (descriptor === undefined) throw new Unsure('a folder went away');
    return descriptor;
  }
}

/** What is at a path, and the layers that a folder is made of: the topmost first. */
interface Merged {
  readonly stats: Attributes;
  readonly layers: readonly [Layer, ...Layer[]];
}

/**
 * A session's workspace as its sandbox sees it, put together from the layers as overlayfs does (docs.kernel.org,
 * "Overlay Filesystem"): upper over mask over workspace, whiteouts and opaque folders hide what lies below. Read-only, for one
 * call, then disposed: what it has looked at is remembered. Throws Unsure where it cannot tell what the sandbox would see.
 */
export class LayeredView implements WorkspaceView, Disposable {
  readonly root = INSIDE.workspace;
  readonly #layers: Layer[] = [];
  readonly #user: SandboxUser | 'anybody';
  readonly #known = new Map<BytePath, Merged | undefined>();

  /** As anybody: what is there, whoever may look at it. */
  constructor(layer: SessionLayer, user: SandboxUser | 'anybody') {
    this.#user = user;
    const folders = layer.strategy === 'overlay' ? [layer.upper, layer.mask, layer.workspace] : [layer.upper];
    try {
      for (const folder of folders) this.#layers.push(new Layer(folder));
    } catch (cause) {
      this[Symbol.dispose]();
      throw new Unsure('a layer is not there', { cause });
    }
  }

  lookAt(path: string): ViewNode | undefined {
    const merged = this.#merged(fromText(path));
    return merged && nodeOf(merged.stats);
  }

  readLink(path: string): string {
    return this.#link(fromText(path)).toString('utf8');
  }

  async list(path: string, limit: number): Promise<{ entries: ViewEntry[]; total: number }> {
    const folder = fromText(path);
    const merged = this.#there(folder);
    this.#mayUse(merged.stats, READ);
    const names = this.#names(folder, merged.layers)
      .map((name) => ({ name, text: toText(name) }))
      .sort((a, b) => byUnits(a.text, b.text));
    const entries: ViewEntry[] = [];
    for (const [index, { name, text }] of names.slice(0, limit).entries()) {
      if (index > 0 && index % ENTRIES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      entries.push(this.#entry(join(folder, name), { name, text }));
    }
    return { entries, total: names.length };
  }

  open(path: string) {
    const at = fromText(path);
    const merged = this.#there(at);
    if (formatOf(merged.stats) !== constants.S_IFREG) throw new Unsure('it is no regular file');
    this.#mayUse(merged.stats, READ);
    return openedFile(merged.layers[0].open(at), path);
  }

  [Symbol.dispose](): void {
    for (const layer of this.#layers.splice(0)) layer[Symbol.dispose]();
  }

  #entry(path: BytePath, { name, text }: { name: BytePath; text: string }): ViewEntry {
    const merged = this.#merged(path);
    const node = merged && nodeOf(merged.stats);
    return {
      name: text,
      ...(isNotUtf8(name, text) ? { nameBase64: toBytes(name).toString('base64') } : {}),
      node,
      ...(node?.type === 'symlink' ? { target: this.#link(path).toString('utf8') } : {}),
    };
  }

  #link(path: BytePath): Buffer {
    return this.#there(path).layers[0].link(path);
  }

  /** The names in a folder, without those that a whiteout above hides. */
  #names(folder: BytePath, layers: readonly Layer[]): BytePath[] {
    const above = new Set<BytePath>();
    for (const layer of layers.slice(0, -1)) for (const name of layer.names(folder)) above.add(name);
    const seen = [...above].filter((name) => this.#merged(join(folder, name)) !== undefined);
    // What only the lowest layer has is hidden by nothing.
    for (const name of layers.at(-1)?.names(folder) ?? []) {
      if (!above.has(name)) seen.push(name);
    }
    return seen;
  }

  #there(path: BytePath): Merged {
    const merged = this.#merged(path);
    if (merged === undefined) throw new Unsure('it went away');
    return merged;
  }

  #merged(path: BytePath): Merged | undefined {
    if (this.#known.has(path)) return this.#known.get(path);
    const merged = this.#merge(path);
    // Of a folder with very many names only the folders are worth remembering.
    if (merged === undefined || isFolder(merged.stats)) this.#known.set(path, merged);
    return merged;
  }

  #merge(path: BytePath): Merged | undefined {
    const above = path === ROOT ? this.#layers : this.#folderAbove(path);
    let stats: Attributes | undefined;
    const layers: Layer[] = [];
    for (const layer of above) {
      const found = layer.find(path);
      if (found.kind === 'nothing') continue;
      if (found.kind === 'whiteout') break;
      if (stats !== undefined && !isFolder(found.stats)) break;
      stats ??= found.stats;
      layers.push(layer);
      if (!isFolder(found.stats)) break;
      if (layer !== this.#layers.at(-1) && layer.isOpaque(path)) break;
    }
    const [top, ...rest] = layers;
    return stats === undefined || top === undefined ? undefined : { stats, layers: [top, ...rest] };
  }

  #folderAbove(path: BytePath): readonly Layer[] {
    const merged = this.#merged(parentOf(path));
    if (merged === undefined || !isFolder(merged.stats)) return [];
    this.#mayUse(merged.stats, SEARCH);
    return merged.layers;
  }

  /**
   * Whether the sandbox's user may is plain where the owner or everybody may; groups and lists of access rights are not looked at.
   * What belongs to this process's user belongs to the sandbox's: it is the same, or mapped to it.
   */
  #mayUse(stats: Attributes, bit: number): void {
    if (this.#user === 'anybody') return;
    const own = stats.uid === this.#user.uid || stats.uid === process.getuid?.();
    if ((stats.mode & (own ? bit << 6 : bit)) === 0) throw new Unsure('its mode does not let the sandbox’s user in');
  }
}

function isNotUtf8(name: BytePath, text: string): boolean {
  return text.includes('\uFFFD') && !Buffer.from(text).equals(toBytes(name));
}
