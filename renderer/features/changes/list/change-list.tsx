import { memo, useEffect, useMemo, useRef } from 'react';
import { useVirtualRows } from '../../../ui/use-virtual-rows.ts';
import type { ChangeRow } from '../change-rows.ts';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { ChangeRowView } from './change-row.tsx';
import { FolderRow, SectionRow } from './group-rows.tsx';

export interface ChangeListProps {
  readonly rows: readonly ChangeRow[];
  readonly shown: string | undefined;
  readonly changes: ChangesStore;
}

const ROW_PX = 28;

/** Changes of any number, as a list or a tree. What is shown stays in sight. */
export function ChangeList({ rows, shown, changes: store }: ChangeListProps) {
  const { scroller, items, heightPx, reveal } = useVirtualRows({ count: rows.length, rowPx: ROW_PX });
  const index = useMemo(
    () => rows.findIndex((row) => row.type === 'change' && row.change.path === shown),
    [rows, shown],
  );
  const revealed = useRef<string>(undefined);
  useEffect(() => {
    if (index === -1 || revealed.current === shown) return;
    revealed.current = shown;
    reveal(index);
  }, [index, shown, reveal]);
  if (rows.length === 0) return <p className="change-none">{messages.noMatch}</p>;
  return (
    <div className="change-scroll" ref={scroller}>
      <ul className="change-list" style={{ height: heightPx }} aria-label={messages.title}>
        {items.map(({ key, index: at, start }) => (
          <li key={key} data-row={at} className="change-item" style={{ transform: `translateY(${start}px)` }}>
            <Row row={rows[at]} isShown={at === index} changes={store} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface RowProps extends Pick<ChangeListProps, 'changes'> {
  readonly row: ChangeRow | undefined;
  readonly isShown: boolean;
}

/** While the list is scrolled, only rows that come into sight are drawn. */
const Row = memo(function Row({ row, isShown, changes: store }: RowProps) {
  if (row === undefined) return null;
  if (row.type === 'section') return <SectionRow row={row} onToggle={() => store.toggleSection(row.section)} />;
  if (row.type === 'folder') return <FolderRow row={row} onToggle={() => store.toggleFolder(row.path)} />;
  return <ChangeRowView change={row.change} depth={row.depth} isShown={isShown} changes={store} />;
});
