import type { Change, ChangeKind } from '../../../schema/entities.ts';

/** What is set apart: it is not merged unless asked for. */
export type Section = 'ignored' | 'secret';
/** What a list can be narrowed to. */
export type Narrowing = ChangeKind | 'conflict' | Section;
export type Arrangement = 'tree' | 'list';

export type ChangeRow =
  | {
      readonly type: 'section';
      readonly section: Section;
      readonly count: number;
      readonly sizeBytes: number;
      readonly open: boolean;
    }
  | {
      readonly type: 'folder';
      readonly path: string;
      readonly label: string;
      readonly depth: number;
      readonly count: number;
      readonly open: boolean;
    }
  | { readonly type: 'change'; readonly change: Change; readonly depth: number };

export interface RowsOptions {
  readonly changes: readonly Change[];
  readonly filter: string;
  readonly kinds: ReadonlySet<Narrowing>;
  readonly arrangement: Arrangement;
  /** Sections that are open: they are closed at first. */
  readonly open: ReadonlySet<Section>;
  /** Folders that are closed: they are open at first. */
  readonly closed: ReadonlySet<string>;
}

/** What “Merge all” would merge: neither ignored nor secret-looking. */
export function ordinaryChanges(changes: readonly Change[] | undefined): Change[] {
  return (changes ?? []).filter((change) => !change.ignored && !change.secret);
}

/** How many changes there are of each kind, of those that are not set apart; and how many are. */
export function countKinds(changes: readonly Change[]): ReadonlyMap<Narrowing, number> {
  const counts = new Map<Narrowing, number>();
  const count = (kind: Narrowing): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const change of changes) kindsOf(change).forEach(count);
  return counts;
}

/** The list as it is drawn: what would be merged first, then, set apart and counted, what would not. */
export function changeRows(options: RowsOptions): ChangeRow[] {
  const { changes, filter, kinds, open } = options;
  const wanted = filter.trim().toLowerCase();
  const isWanted = (change: Change): boolean =>
    (kinds.size === 0 || kindsOf(change).some((kind) => kinds.has(kind))) &&
    (change.path.toLowerCase().includes(wanted) || (change.from?.toLowerCase().includes(wanted) ?? false));
  const matching = changes.filter(isWanted);
  const apart: readonly (readonly [Section, Change[]])[] = [
    ['secret', matching.filter((change) => change.secret)],
    ['ignored', matching.filter((change) => change.ignored && !change.secret)],
  ];
  const rows = arranged(ordinaryChanges(matching), options);
  for (const [section, members] of apart) {
    if (members.length === 0) continue;
    const sizeBytes = members.reduce((sum, change) => sum + change.sizeBytes, 0);
    const isOpen = open.has(section) || kinds.has(section);
    rows.push({ type: 'section', section, count: members.length, sizeBytes, open: isOpen });
    if (isOpen) rows.push(...arranged(members, options));
  }
  return rows;
}

function kindsOf(change: Change): readonly Narrowing[] {
  if (change.secret) return ['secret'];
  if (change.ignored) return ['ignored'];
  return change.conflict ? [change.kind, 'conflict'] : [change.kind];
}

function arranged(changes: readonly Change[], { arrangement, closed }: RowsOptions): ChangeRow[] {
  if (arrangement === 'list') return changes.map((change): ChangeRow => ({ type: 'change', change, depth: 0 }));
  const rows: ChangeRow[] = [];
  addFolder(folderTree(changes), { depth: 0, closed, rows });
  return rows;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly changes: Change[];
  count: number;
}

function newFolder(): Folder {
  return { folders: new Map(), changes: [], count: 0 };
}

function folderTree(changes: readonly Change[]): Folder {
  const root = newFolder();
  for (const change of changes) {
    let folder = root;
    for (const name of change.path.split('/').slice(0, -1)) {
      const inner = folder.folders.get(name) ?? newFolder();
      inner.count += 1;
      folder.folders.set(name, inner);
      folder = inner;
    }
    folder.changes.push(change);
  }
  return root;
}

interface FolderPlace {
  readonly depth: number;
  readonly closed: ReadonlySet<string>;
  readonly rows: ChangeRow[];
}

/** Folders before files; one that holds nothing but one folder is drawn with it. */
function addFolder(folder: Folder, { depth, closed, rows }: FolderPlace, within = ''): void {
  const byName = [...folder.folders].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, inner] of byName) {
    const { label, last } = joined(name, inner);
    const path = within + label;
    const open = !closed.has(path);
    rows.push({ type: 'folder', path, label, depth, count: last.count, open });
    if (open) addFolder(last, { depth: depth + 1, closed, rows }, `${path}/`);
  }
  for (const change of folder.changes) rows.push({ type: 'change', change, depth });
}

function joined(name: string, folder: Folder): { label: string; last: Folder } {
  let label = name;
  let last = folder;
  while (last.changes.length === 0 && last.folders.size === 1) {
    const [only] = last.folders;
    if (only === undefined) break;
    label += `/${only[0]}`;
    last = only[1];
  }
  return { label, last };
}

/** The change that a step from the one shown leads to, and its row. */
export function neighbour(
  rows: readonly ChangeRow[],
  shown: string | undefined,
  step: 1 | -1,
): { readonly index: number; readonly path: string } | undefined {
  const paths = rows.flatMap((row, index) => (row.type === 'change' ? [{ index, path: row.change.path }] : []));
  const at = paths.findIndex((one) => one.path === shown);
  return at === -1 ? (step === 1 ? paths[0] : paths.at(-1)) : paths[at + step];
}
