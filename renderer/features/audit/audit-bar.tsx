import { ShieldCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { auditTypes } from 'virtual:contract-shape';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { FilterField } from '../../ui/field.tsx';
import type { AuditStore } from './audit-store.ts';
import { messages } from './messages.ts';

const TYPING_PAUSE_MS = 200;

/** What is shown of the chain, where it ends, and its verification. */
export function AuditBar({ audit }: { readonly audit: AuditStore }) {
  const { verifying, headSeq } = useStore(audit.store);
  return (
    <>
      <TextFilter audit={audit} />
      <TypeFilter audit={audit} />
      <SessionFilter audit={audit} />
      {headSeq === undefined ? null : <span className="audit-headseq">{messages.head(headSeq)}</span>}
      <Button size="small" icon={ShieldCheck} busy={verifying !== undefined} onClick={() => void audit.verify()}>
        {verifying && verifying.total > 0 ? messages.verifying(verifying.done, verifying.total) : messages.verify}
      </Button>
    </>
  );
}

/** Asks the kernel when typing pauses. */
function TextFilter({ audit }: { readonly audit: AuditStore }) {
  const filters = useStore(audit.store, (state) => state.filters);
  const [text, setText] = useState(filters.text ?? '');
  useEffect(() => {
    if (text === (filters.text ?? '')) return undefined;
    const { text: _former, ...others } = filters;
    const timer = setTimeout(() => void audit.setFilters(text === '' ? others : { ...others, text }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, filters, audit]);
  return <FilterField value={text} onChange={setText} label={messages.filter} />;
}

function TypeFilter({ audit }: { readonly audit: AuditStore }) {
  const { types, ...others } = useStore(audit.store, (state) => state.filters);
  const choose = (value: string): void => {
    const chosen = auditTypes.find((type) => type === value);
    void audit.setFilters(chosen === undefined ? others : { ...others, types: [chosen] });
  };
  const options = auditTypes.map((type) => ({ value: type, label: type }));
  return (
    <Choice label={messages.type} all={messages.allTypes} value={types?.[0]} options={options} onChoose={choose} />
  );
}

function SessionFilter({ audit }: { readonly audit: AuditStore }) {
  const { session, ...others } = useStore(audit.store, (state) => state.filters);
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  const choose = (value: string): void => {
    const chosen = list.find((one) => one.id === value);
    void audit.setFilters(chosen === undefined ? others : { ...others, session: chosen.id });
  };
  const options = list.map((one) => ({ value: one.id, label: one.name }));
  return (
    <Choice label={messages.session} all={messages.allSessions} value={session} options={options} onChoose={choose} />
  );
}

interface ChoiceProps {
  readonly label: string;
  /** What the choice of none is called. */
  readonly all: string;
  readonly value: string | undefined;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, all, value, options, onChoose }: ChoiceProps) {
  return (
    <select
      className="select-field select-small"
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChoose(event.target.value)}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
