import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import { useNow } from '../../app/use-now.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { formatMoment } from '../../ui/format.ts';
import { messages } from './messages.ts';

export interface AuditTableProps {
  readonly records: readonly AuditRecord[];
  readonly shown: number | undefined;
  readonly onShow: (seq: number) => void;
  /** The reader is near the last record that is loaded. */
  readonly onNearEnd: () => void;
}

const ROW_PX = 26;
const NEAR_END_ROWS = 40;
const DAY_CHECK_MS = 60_000;

/** Records of any number: only the rows in sight exist, older ones are loaded on the way down. */
export function AuditTable({ records, shown, onShow, onNearEnd }: AuditTableProps) {
  const now = useNow(DAY_CHECK_MS);
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => records[index]?.seq ?? index,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (records.length > 0 && last >= records.length - NEAR_END_ROWS) onNearEnd();
  }, [last, records.length, onNearEnd]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = records.findIndex((record) => record.seq === shown);
    const index = at === -1 ? 0 : at + step;
    const next = records[index];
    if (next === undefined) return;
    virtual.scrollToIndex(index);
    onShow(next.seq);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-seq="${next.seq}"] .audit-pick`)?.focus(),
    );
  };
  const { columns } = messages;
  return (
    <div className="audit-table" role="table" aria-label={messages.title} aria-rowcount={records.length}>
      <div className="audit-row audit-head" role="row">
        {Object.entries(columns).map(([key, label]) => (
          <span key={key} role="columnheader" className={`audit-${key}`}>
            {label}
          </span>
        ))}
      </div>
      <div className="audit-scroll" role="rowgroup" ref={scroller} onKeyDown={onKeyDown}>
        <div className="audit-rows" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const record = records[item.index];
            return record === undefined ? null : (
              <AuditRow
                key={item.key}
                record={record}
                top={item.start}
                now={now}
                shown={record.seq === shown}
                onShow={onShow}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface AuditRowProps {
  readonly record: AuditRecord;
  readonly top: number;
  readonly now: number;
  readonly shown: boolean;
  readonly onShow: (seq: number) => void;
}

function AuditRow({ record, top, now, shown, onShow }: AuditRowProps) {
  return (
    <div
      className="audit-row"
      role="row"
      data-seq={record.seq}
      data-type={record.type}
      data-selected={shown || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onShow(record.seq)}
    >
      <span role="cell" className="audit-seq">
        <button
          type="button"
          className="audit-pick"
          aria-current={shown ? 'true' : undefined}
          onClick={() => onShow(record.seq)}
        >
          {record.seq}
        </button>
      </span>
      <span role="cell" className="audit-at" title={new Date(record.at).toISOString()}>
        {formatMoment(record.at, now)}
      </span>
      <span role="cell" className="audit-type truncate">
        {record.type}
      </span>
      <span role="cell" className="audit-actor truncate">
        {record.actor}
      </span>
      <span role="cell" className="audit-what truncate">
        {whatOf(record)}
      </span>
      <span role="cell" className="audit-decision">
        {record.decision === undefined ? null : (
          <Badge tone={DECISION_TONES[record.decision] ?? 'neutral'}>{record.decision}</Badge>
        )}
      </span>
    </div>
  );
}

export const DECISION_TONES: Readonly<Record<string, Tone>> = { allow: 'good', deny: 'bad', require_review: 'review' };

/** The one line that tells most about a record. */
function whatOf(record: AuditRecord): string {
  const call = record.data?.call;
  const parts = [
    record.tool ?? (typeof call === 'string' ? call : undefined),
    record.path,
    record.reason ?? record.input ?? record.output,
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
