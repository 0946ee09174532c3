import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useMemo, useState } from 'react';
import type { Change } from '../../../schema/entities.ts';
import { Badge } from '../../ui/badge.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { formatBytes } from '../../ui/format.ts';
import { stepOf, useVirtualRows } from '../../ui/use-virtual-rows.ts';
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

/** Changes of any number. Arrow keys move, the space bar selects. */
export function ChangeList(props: ChangeListProps) {
  const { changes, filter, shown, onShow } = props;
  const [open, setOpen] = useState(NO_SECTIONS);
  const rows = useMemo(() => changeRows({ changes, filter, open }), [changes, filter, open]);
  const { scroller, items, heightPx, focus } = useVirtualRows({ count: rows.length, rowPx: ROW_PX });

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = stepOf(event);
    if (step === undefined) return;
    event.preventDefault();
    const next = neighbour(rows, shown, step);
    if (next === undefined) return;
    onShow(next.path);
    focus(next.index, `[data-row="${next.index}"] .change-pick`);
  };
  if (rows.length === 0) return <p className="change-none">{messages.noMatch}</p>;
  return (
    <div className="change-scroll" ref={scroller} onKeyDown={onKeyDown}>
      <ul className="change-list" style={{ height: heightPx }} aria-label={messages.title}>
        {items.map(({ key, index, start }) => (
          <li key={key} data-row={index} className="change-item" style={{ transform: `translateY(${start}px)` }}>
            <Row {...props} row={rows[index]} onToggle={(section) => setOpen((former) => toggled(former, section))} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function toggled(open: ReadonlySet<Section>, section: Section): ReadonlySet<Section> {
  const next = new Set(open);
  if (!next.delete(section)) next.add(section);
  return next;
}

interface RowProps extends ChangeListProps {
  readonly row: ChangeRow | undefined;
  readonly onToggle: (section: Section) => void;
}

function Row({ row, onToggle, ...list }: RowProps) {
  if (row === undefined) return null;
  return row.type === 'section' ? (
    <SectionRow row={row} onToggle={onToggle} />
  ) : (
    <ChangeRowView {...list} change={row.change} />
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
