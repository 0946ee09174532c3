import type { Change } from '../../../schema/entities.ts';

export type Section = 'changes' | 'ignored' | 'secret';

export type ChangeRow =
  | {
      readonly type: 'section';
      readonly section: Section;
      readonly count: number;
      readonly sizeBytes: number;
      readonly open: boolean;
    }
  | { readonly type: 'change'; readonly change: Change };

export interface RowsOptions {
  readonly changes: readonly Change[];
  readonly filter: string;
  readonly open: ReadonlySet<Section>;
}

/** What “Merge all” would merge: neither ignored nor secret-looking. */
export function ordinaryChanges(changes: readonly Change[] | undefined): Change[] {
  return (changes ?? []).filter((change) => !change.ignored && !change.secret);
}

/** The list as it is drawn: what would be merged first, then, set apart and counted, what would not. */
export function changeRows({ changes, filter, open }: RowsOptions): ChangeRow[] {
  const wanted = filter.trim().toLowerCase();
  const matching = changes.filter((change) => change.path.toLowerCase().includes(wanted));
  const sections: [Section, Change[]][] = [
    ['changes', ordinaryChanges(matching)],
    ['secret', matching.filter((change) => change.secret)],
    ['ignored', matching.filter((change) => change.ignored && !change.secret)],
  ];
  return sections.flatMap(([section, members]): ChangeRow[] => {
    const rows = members.map((change): ChangeRow => ({ type: 'change', change }));
    if (section === 'changes') return rows;
    if (members.length === 0) return [];
    const sizeBytes = members.reduce((sum, change) => sum + change.sizeBytes, 0);
    const header: ChangeRow = { type: 'section', section, count: members.length, sizeBytes, open: open.has(section) };
    return open.has(section) ? [header, ...rows] : [header];
  });
}
