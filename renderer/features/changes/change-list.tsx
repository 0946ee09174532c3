import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import type { Change } from '../../../schema/entities.ts';
import { Badge } from '../../ui/badge.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { formatBytes } from '../../ui/format.ts';
import { type ChangeRow, changeRows, type Section } from './change-rows.ts';
import { messages } from './messages.ts';

export interface ChangeListProps {
  readonly changes: readonly Change[];
  readonly filter: string;
  readonly selected: ReadonlySet<string>;
  readonly shown: string | undefined;
  readonly onShow: (path: string) => void;
  readonly onSelect: (path: string, selected: boolean) => void;
}

const ROW_PX = 28;
const NO_SECTIONS: ReadonlySet<Section> = new Set();

/** Changes of any number: only the rows in sight exist. Arrow keys move, the space bar selects. */
export function ChangeList(props: ChangeListProps) {
  const { changes, filter, shown, onShow } = props;
  const [open, setOpen] = useState(NO_SECTIONS);
  const rows = useMemo(() => changeRows({ changes, filter, open }), [changes, filter, open]);
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = neighbour(rows, shown, step);
    if (next === undefined) return;
    virtual.scrollToIndex(next.index);
    onShow(next.path);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${next.index}"] .change-pick`)?.focus(),
    );
  };
  const toggle = (section: Section): void =>
    setOpen((former) =>
      former.has(section) ? new Set([...former].filter((one) => one !== section)) : new Set([...former, section]),
    );
  if (rows.length === 0) return <p className="change-none">{messages.noMatch}</p>;
  return (
    <div className="change-scroll" ref={scroller} onKeyDown={onKeyDown}>
      <ul className="change-list" style={{ height: virtual.getTotalSize() }} aria-label={messages.title}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <li
              key={item.key}
              data-row={item.index}
              className="change-item"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {row.type === 'section' ? (
                <SectionRow row={row} onToggle={toggle} />
              ) : (
                <ChangeRowView {...props} change={row.change} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function neighbour(
  rows: readonly ChangeRow[],
  shown: string | undefined,
  step: 1 | -1,
): { index: number; path: string } | undefined {
  const paths = rows.flatMap((row, index) => (row.type === 'change' ? [{ index, path: row.change.path }] : []));
  const at = paths.findIndex((one) => one.path === shown);
  return at === -1 ? paths[0] : paths[at + step];
}

interface SectionRowProps {
  readonly row: Extract<ChangeRow, { type: 'section' }>;
  readonly onToggle: (section: Section) => void;
}

function SectionRow({ row, onToggle }: SectionRowProps) {
  const Chevron = row.open ? ChevronDown : ChevronRight;
  return (
    <button type="button" className="change-section" aria-expanded={row.open} onClick={() => onToggle(row.section)}>
      <Chevron size={13} aria-hidden />
      <span>{row.section === 'secret' ? messages.secret : messages.ignored}</span>
      <Badge>{row.count}</Badge>
      <span className="grow truncate change-aside">{messages.left}</span>
      <span className="change-size">{formatBytes(row.sizeBytes)}</span>
    </button>
  );
}

function ChangeRowView({ change, selected, shown, onShow, onSelect }: ChangeListProps & { readonly change: Change }) {
  const slash = change.path.lastIndexOf('/');
  return (
    <div className="change-row" data-selected={change.path === shown || undefined} data-path={change.path}>
      <Checkbox
        hideLabel
        label={messages.select(change.path)}
        checked={selected.has(change.path)}
        onChange={(checked) => onSelect(change.path, checked)}
      />
      <button
        type="button"
        className="change-pick"
        aria-current={change.path === shown ? 'true' : undefined}
        title={change.from === undefined ? change.path : `${change.path} ${messages.renamedFrom(change.from)}`}
        onClick={() => onShow(change.path)}
        onKeyDown={(event) => {
          if (event.key !== ' ') return;
          event.preventDefault();
          onSelect(change.path, !selected.has(change.path));
        }}
      >
        <span className={`change-kind change-${change.kind}`} title={messages.kinds[change.kind]}>
          {messages.kindLetters[change.kind]}
        </span>
        <span className="change-name">{change.path.slice(slash + 1)}</span>
        <span className="change-folder truncate">{slash === -1 ? '' : change.path.slice(0, slash)}</span>
        {change.conflict ? <Badge tone="bad">{messages.conflict}</Badge> : null}
        <span className="change-size">{change.kind === 'deleted' ? '' : formatBytes(change.sizeBytes)}</span>
      </button>
    </div>
  );
}
