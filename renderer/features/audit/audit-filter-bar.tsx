import { SlidersHorizontal, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { isAuditType, TYPES_BY_KIND } from '../../../schema/audit-kind.ts';
import type { AuditFilters } from '../../../schema/contract/audit.ts';
import { useServices } from '../../app/services.tsx';
import { IconButton } from '../../ui/button.tsx';
import { FilterField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { AuditFilterFields } from './audit-filter-fields.tsx';
import type { AuditStore, AuditView } from './audit-store.ts';
import { messages } from './messages.ts';

const TYPING_PAUSE_MS = 200;
const VIEWS: readonly { readonly value: AuditView; readonly label: string }[] = [
  { value: 'list', label: messages.list },
  { value: 'timeline', label: messages.timeline },
];
const FIELDS = ['actor', 'tool', 'rule', 'path', 'act', 'sinceMs', 'untilMs'] as const;

/** What is shown of the chain: the filters that are used most, the others below them on demand, and how many records pass. */
export function AuditFilterBar({ audit }: { readonly audit: AuditStore }) {
  const { filters, view } = useStore(audit.store);
  const isFurtherSet = FIELDS.some((name) => filters[name] !== undefined);
  const [open, setOpen] = useState(false);
  const isOpen = open || isFurtherSet;
  return (
    <div className="audit-filters" role="search">
      <div className="audit-filter-row">
        <TextFilter audit={audit} />
        <TypeFilter audit={audit} />
        <SessionFilter audit={audit} />
        <DecisionFilter audit={audit} />
        <IconButton
          icon={SlidersHorizontal}
          label={isOpen ? messages.fewerFilters : messages.moreFilters}
          pressed={isOpen}
          disabled={isFurtherSet}
          onClick={() => setOpen(!open)}
        />
        {Object.keys(filters).length === 0 ? null : (
          <IconButton icon={X} label={messages.clear} onClick={() => audit.setFilters({})} />
        )}
        <Segmented label={messages.views} value={view} options={VIEWS} onChange={(next) => audit.setView(next)} />
        <Count audit={audit} />
      </div>
      {isOpen ? <AuditFilterFields audit={audit} /> : null}
    </div>
  );
}

function Count({ audit }: { readonly audit: AuditStore }) {
  const { rows, counting } = useStore(audit.pages.store);
  const { headSeq = 0, filters } = useStore(audit.store);
  const isFiltered = Object.keys(filters).length > 0;
  const text = counting ? messages.counting(rows) : isFiltered ? messages.matches(rows, headSeq) : messages.count(rows);
  return (
    <span className="audit-count" data-counting={counting !== undefined}>
      {text}
    </span>
  );
}

/** Asks the kernel when typing pauses. */
function TextFilter({ audit }: { readonly audit: AuditStore }) {
  const given = useStore(audit.store, (state) => state.filters.text ?? '');
  const [text, setText] = useState(given);
  const [known, setKnown] = useState(given);
  // Somebody else has set it: cleared, or brought along by a link.
  if (given !== known) {
    setKnown(given);
    setText(given);
  }
  useEffect(() => {
    if (text === given) return undefined;
    const timer = setTimeout(() => audit.change({ text: text === '' ? undefined : text }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, given, audit]);
  return <FilterField value={text} onChange={setText} label={messages.filter} />;
}

function TypeFilter({ audit }: { readonly audit: AuditStore }) {
  const types = useStore(audit.store, (state) => state.filters.types);
  const value = types?.length === 1 ? (types[0] ?? '') : kindOfTypes(types);
  const choose = (chosen: string): void => {
    const kind = [...TYPES_BY_KIND].find(([name]) => `kind:${name}` === chosen);
    audit.change({ types: kind ? [...kind[1]] : isAuditType(chosen) ? [chosen] : undefined });
  };
  return (
    <select
      className="select-field select-small"
      aria-label={messages.type}
      value={value}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="">{messages.allTypes}</option>
      {[...TYPES_BY_KIND].map(([kind, members]) => (
        <optgroup key={kind} label={messages.kinds[kind]}>
          {members.length > 1 ? <option value={`kind:${kind}`}>{messages.kinds[kind]}</option> : null}
          {members.map((type) => (
            <option key={type} value={type}>
              {messages.types[type]}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function kindOfTypes(types: AuditFilters['types']): string {
  const kind = [...TYPES_BY_KIND].find(
    ([, members]) => members.length === types?.length && members.every((type) => types.includes(type)),
  );
  return kind === undefined ? '' : `kind:${kind[0]}`;
}

function SessionFilter({ audit }: { readonly audit: AuditStore }) {
  const session = useStore(audit.store, (state) => state.filters.session);
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  const isGone = session !== undefined && !list.some((one) => one.id === session);
  return (
    <select
      className="select-field select-small"
      aria-label={messages.session}
      value={session ?? ''}
      onChange={(event) => {
        const chosen = list.find((one) => one.id === event.target.value);
        audit.change({ session: chosen?.id });
      }}
    >
      <option value="">{messages.allSessions}</option>
      {list.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
      {isGone ? <option value={session}>{session}</option> : null}
    </select>
  );
}

function DecisionFilter({ audit }: { readonly audit: AuditStore }) {
  const decision = useStore(audit.store, (state) => state.filters.decision);
  return (
    <select
      className="select-field select-small"
      aria-label={messages.decision}
      value={decision ?? ''}
      onChange={(event) => audit.change({ decision: event.target.value === '' ? undefined : event.target.value })}
    >
      <option value="">{messages.allDecisions}</option>
      {Object.entries(messages.decisions).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
