import type { KeyboardEvent } from 'react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import { useNow } from '../../app/use-now.ts';
import { formatMoment } from '../../ui/format.ts';
import { useLongRows } from '../../ui/use-long-rows.ts';
import type { AuditStore } from './audit-store.ts';
import { DecisionBadge } from './decision-badge.tsx';
import { messages } from './messages.ts';
import { whatOf } from './record-text.ts';
import '../../ui/long-table.css';

const ROW_PX = 26;
const DAY_CHECK_MS = 60_000;

/** Records of any number: the rows that are in sight exist, the pages that they lie in are read. */
export function AuditTable({ audit }: { readonly audit: AuditStore }) {
  const { pages } = audit;
  const { rows: count, prepended } = useStore(pages.store);
  const shown = useStore(audit.store, (state) => state.shown);
  const now = useNow(DAY_CHECK_MS);
  const rows = useLongRows({ count, rowPx: ROW_PX, prepended });
  const { first, end, shiftPx, pageRows, scroller } = rows;
  const revealed = useRef<number>(undefined);
  useEffect(() => {
    // Another record is the occasion, not that newer ones have moved it.
    if (shown !== undefined && shown.record.seq !== revealed.current) rows.reveal(shown.row);
    revealed.current = shown?.record.seq;
  });
  useEffect(() => pages.want(first, end), [pages, first, end]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const next = rowAfter(event.key, { row: shown?.row, count, pageRows });
    if (next === undefined) return;
    event.preventDefault();
    void audit.show(next);
  };
  return (
    <div className="long-table" role="table" aria-label={messages.title} aria-rowcount={count}>
      <Columns />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrow keys go through the records */}
      <div className="long-table-scroll audit-scroll" role="rowgroup" tabIndex={0} ref={scroller} onKeyDown={onKeyDown}>
        <div className="long-table-rows audit-rows" role="presentation" style={{ height: rows.heightPx }}>
          {Array.from({ length: Math.max(0, end - first) }, (_, offset) => {
            const row = first + offset;
            return (
              <AuditRow
                key={row - prepended}
                record={pages.recordAt(row)}
                row={row}
                top={row * ROW_PX + shiftPx}
                now={now}
                shown={row === shown?.row}
                onShow={() => void audit.show(row)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface ListPlace {
  readonly row: number | undefined;
  readonly count: number;
  readonly pageRows: number;
}

/** Where a key goes in the list; undefined for another key. */
function rowAfter(key: string, { row, count, pageRows }: ListPlace): number | undefined {
  const from = row ?? -1;
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + pageRows,
    PageUp: from - pageRows,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined || count === 0 ? undefined : Math.min(Math.max(0, target), count - 1);
}

function Columns() {
  return (
    <div className="long-table-row audit-row audit-head" role="row">
      {Object.entries(messages.columns).map(([key, label]) => (
        <span key={key} role="columnheader" className={`audit-${key}`}>
          {label}
        </span>
      ))}
    </div>
  );
}

interface AuditRowProps {
  /** Undefined while it is being read. */
  readonly record: AuditRecord | undefined;
  readonly row: number;
  readonly top: number;
  readonly now: number;
  readonly shown: boolean;
  readonly onShow: () => void;
}

function AuditRow({ record, row, top, now, shown, onShow }: AuditRowProps) {
  const style = { transform: `translateY(${top}px)` };
  if (record === undefined) {
    return (
      <div
        className="long-table-row audit-row audit-row-loading"
        role="row"
        aria-rowindex={row + 1}
        aria-busy
        style={style}
      >
        <span role="cell">{messages.loading}</span>
      </div>
    );
  }
  return (
    <div
      className="long-table-row audit-row"
      role="row"
      aria-rowindex={row + 1}
      data-seq={record.seq}
      data-type={record.type}
      data-selected={shown || undefined}
      style={style}
      onClick={onShow}
    >
      <span role="cell" className="audit-seq">
        <button
          type="button"
          className="audit-pick"
          tabIndex={-1}
          aria-current={shown ? 'true' : undefined}
          onClick={onShow}
        >
          {record.seq}
        </button>
      </span>
      <span role="cell" className="audit-at" title={new Date(record.at).toISOString()}>
        {formatMoment(record.at, now)}
      </span>
      <span role="cell" className="audit-type truncate" title={record.type}>
        {messages.types[record.type]}
      </span>
      <span role="cell" className="audit-actor truncate">
        {record.actor}
      </span>
      <span role="cell" className="audit-what truncate">
        {whatOf(record)}
      </span>
      <span role="cell" className="audit-decision">
        <DecisionBadge decision={record.decision} />
      </span>
    </div>
  );
}
