import { type KeyboardEvent, useEffect } from 'react';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import { useNow } from '../../app/use-now.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { formatMoment } from '../../ui/format.ts';
import { stepOf, useVirtualRows } from '../../ui/use-virtual-rows.ts';
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

/** Records of any number; older ones are loaded on the way down. */
export function AuditTable({ records, shown, onShow, onNearEnd }: AuditTableProps) {
  const now = useNow(DAY_CHECK_MS);
  const { scroller, items, heightPx, focus } = useVirtualRows({
    count: records.length,
    rowPx: ROW_PX,
    keyOf: (index) => records[index]?.seq ?? index,
  });
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (records.length > 0 && last >= records.length - NEAR_END_ROWS) onNearEnd();
  }, [last, records.length, onNearEnd]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = stepOf(event);
    if (step === undefined) return;
    event.preventDefault();
    const at = records.findIndex((record) => record.seq === shown);
    const index = at === -1 ? 0 : at + step;
    const next = records[index];
    if (next === undefined) return;
    onShow(next.seq);
    focus(index, `[data-seq="${next.seq}"] .audit-pick`);
  };
  return (
    <div className="audit-table" role="table" aria-label={messages.title} aria-rowcount={records.length}>
      <Columns />
      <div className="audit-scroll" role="rowgroup" ref={scroller} onKeyDown={onKeyDown}>
        <div className="audit-rows" role="presentation" style={{ height: heightPx }}>
          {items.map(({ key, index, start }) => {
            const record = records[index];
            if (record === undefined) return null;
            return (
              <AuditRow key={key} record={record} top={start} now={now} shown={record.seq === shown} onShow={onShow} />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Columns() {
  return (
    <div className="audit-row audit-head" role="row">
      {Object.entries(messages.columns).map(([key, label]) => (
        <span key={key} role="columnheader" className={`audit-${key}`}>
          {label}
        </span>
      ))}
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
