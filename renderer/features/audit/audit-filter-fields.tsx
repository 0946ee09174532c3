import { useEffect, useId, useState } from 'react';
import { useStore } from 'zustand';
import { TextField } from '../../ui/field.tsx';
import type { AuditStore } from './audit-store.ts';
import { messages } from './messages.ts';

const TYPING_PAUSE_MS = 350;
const TEXTS = ['actor', 'tool', 'rule', 'path', 'act'] as const;
const TIMES = [
  { name: 'sinceMs', label: messages.since },
  { name: 'untilMs', label: messages.until },
] as const;

/** The filters that are a field's whole value, and the time. */
export function AuditFilterFields({ audit }: { readonly audit: AuditStore }) {
  return (
    <div className="audit-filter-fields">
      {TEXTS.map((name) => (
        <ValueFilter key={name} audit={audit} name={name} />
      ))}
      {TIMES.map(({ name, label }) => (
        <TimeFilter key={name} audit={audit} name={name} label={label} />
      ))}
    </div>
  );
}

function ValueFilter({ audit, name }: { readonly audit: AuditStore; readonly name: (typeof TEXTS)[number] }) {
  const id = useId();
  const given = useStore(audit.store, (state) => state.filters[name] ?? '');
  const [value, setValue] = useState(given);
  const [known, setKnown] = useState(given);
  if (given !== known) {
    setKnown(given);
    setValue(given);
  }
  useEffect(() => {
    if (value === given) return undefined;
    const timer = setTimeout(() => audit.change({ [name]: value === '' ? undefined : value }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value, given, name, audit]);
  return (
    <div className="audit-filter-field">
      <label htmlFor={id}>{messages.filters[name]}</label>
      <TextField id={id} className="mono" value={value} onChange={(event) => setValue(event.target.value)} />
    </div>
  );
}

interface TimeFilterProps {
  readonly audit: AuditStore;
  readonly name: (typeof TIMES)[number]['name'];
  readonly label: string;
}

function TimeFilter({ audit, name, label }: TimeFilterProps) {
  const id = useId();
  const given = useStore(audit.store, (state) => state.filters[name]);
  return (
    <div className="audit-filter-field audit-filter-time">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="datetime-local"
        step={1}
        className="text-field"
        value={given === undefined ? '' : localTime(given)}
        onChange={(event) => {
          const atMs = Date.parse(event.target.value);
          // The field shows whole seconds: the end means the end of its second.
          const edgeMs = name === 'untilMs' ? 999 : 0;
          audit.change({ [name]: Number.isNaN(atMs) ? undefined : atMs + edgeMs });
        }}
      />
    </div>
  );
}

/** What the field takes: local time without a zone. */
function localTime(atMs: number): string {
  const offsetMs = new Date(atMs).getTimezoneOffset() * 60_000;
  return new Date(atMs - offsetMs).toISOString().slice(0, 19);
}
