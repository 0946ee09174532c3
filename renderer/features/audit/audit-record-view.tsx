import { X } from 'lucide-react';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { messages } from './messages.ts';

/** Everything a record says, as it is stored. */
export function AuditRecordView({ record, onClose }: { readonly record: AuditRecord; readonly onClose: () => void }) {
  const { at, ...others } = record;
  return (
    <aside className="audit-record" aria-label={`${messages.details} ${record.seq}`}>
      <header className="audit-record-head">
        <h2>
          {messages.details} {record.seq}
        </h2>
        <span className="grow" />
        <CopyButton text={() => JSON.stringify(record, null, 2)} label="Copy the record" />
        <IconButton icon={X} label={messages.close} onClick={onClose} />
      </header>
      <dl className="facts selectable audit-facts">
        <dt>at</dt>
        <dd className="mono">{new Date(at).toISOString()}</dd>
        {Object.entries(others).map(([key, value]) => (
          <Fact key={key} name={key} value={value} />
        ))}
      </dl>
    </aside>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono">{typeof value === 'object' ? <JsonView value={value} /> : textOf(value)}</dd>
    </>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
