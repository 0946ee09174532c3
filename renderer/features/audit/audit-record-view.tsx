import { ChevronDown, ChevronUp, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatClock, formatDuration } from '../../ui/format.ts';
import { JsonView } from '../../ui/json-view.tsx';
import type { AuditStore } from './audit-store.ts';
import { DecisionBadge } from './decision-badge.tsx';
import { messages } from './messages.ts';
import { callOf, valueOf } from './record-text.ts';
import { locale } from '../../ui/language.ts';
import '../../ui/facts.css';

export interface AuditRecordViewProps {
  readonly audit: AuditStore;
  readonly record: AuditRecord;
  readonly row: number;
}

/** Everything a record says, in words, and its place in the chain as it is stored. */
export function AuditRecordView({ audit, record, row }: AuditRecordViewProps) {
  const rows = useStore(audit.pages.store, (state) => state.rows);
  const { input, output, data } = record;
  return (
    <aside className="audit-record" aria-label={`${messages.details} ${record.seq}`}>
      <header className="audit-record-head">
        <h2 className="truncate">
          {messages.details} {record.seq}
        </h2>
        <span className="grow" />
        <IconButton
          icon={ChevronUp}
          label={messages.newer}
          disabled={row === 0}
          onClick={() => void audit.show(row - 1)}
        />
        <IconButton
          icon={ChevronDown}
          label={messages.older}
          disabled={row >= rows - 1}
          onClick={() => void audit.show(row + 1)}
        />
        <CopyButton text={() => JSON.stringify(record, null, 2)} label={messages.copyRecord} />
        <IconButton icon={X} label={messages.close} onClick={() => audit.hide()} />
      </header>
      <p className="audit-record-title">
        <span>{messages.types[record.type]}</span> <DecisionBadge decision={record.decision} />
      </p>
      <Facts record={record} />
      <Links audit={audit} record={record} />
      {input === undefined ? null : <Value name={messages.input} value={valueOf(input)} text={input} />}
      {output === undefined ? null : <Value name={messages.output} value={valueOf(output)} text={output} />}
      {data === undefined ? null : (
        <Value name={messages.data} value={data} text={() => JSON.stringify(data, null, 2)} />
      )}
      <Place record={record} />
    </aside>
  );
}

function Facts({ record }: { readonly record: AuditRecord }) {
  const { sessions } = useServices();
  const name = useStore(sessions.store, (state) => state.sessions.find((one) => one.id === record.session)?.name);
  const { at, durationMs, session } = record;
  const facts: Readonly<Record<keyof typeof messages.facts, ReactNode>> = {
    at: `${new Date(at).toLocaleDateString(locale(), { day: 'numeric', month: 'short', year: 'numeric' })} ${formatClock(at)}`,
    actor: record.actor,
    session: session === undefined || name === undefined ? session : `${name} (${session})`,
    sandbox: record.sandbox,
    tool: record.tool,
    call: callOf(record),
    path: record.path,
    pathBytes: record.pathBytes,
    rule: record.rule,
    reason: record.reason,
    token: record.token,
    durationMs: durationMs === undefined ? undefined : formatDuration(durationMs),
    act: record.act,
  };
  return (
    <dl className="facts selectable audit-facts">
      {Object.entries(messages.facts).map(([key, label]) => {
        // The keys are those of the facts.
        const value = facts[key as keyof typeof facts];
        return value === undefined ? null : <Fact key={key} name={label} value={value} />;
      })}
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Links({ audit, record }: Omit<AuditRecordViewProps, 'row'>) {
  const { act, session } = record;
  if (act === undefined && session === undefined) return null;
  return (
    <p className="audit-links">
      {act === undefined ? null : (
        <Button size="small" onClick={() => audit.setFilters({ act })}>
          {messages.sameAct}
        </Button>
      )}
      {session === undefined ? null : (
        // The kernel wrote it into the record as an id.
        <Button size="small" onClick={() => audit.setFilters({ session: session as SessionId })}>
          {messages.sameSession}
        </Button>
      )}
    </p>
  );
}

interface ValueProps {
  readonly name: string;
  readonly value: unknown;
  readonly text: string | (() => string);
}

function Value({ name, value, text }: ValueProps) {
  return (
    <section className="audit-value" aria-label={name}>
      <header>
        <h3>{name}</h3>
        <CopyButton text={text} label={messages.copyField(name.toLowerCase())} />
      </header>
      {typeof value === 'string' ? <pre className="audit-text selectable">{value}</pre> : <JsonView value={value} />}
    </section>
  );
}

function Place({ record }: { readonly record: AuditRecord }) {
  return (
    <section className="audit-value" aria-label={messages.chainPlace}>
      <h3>{messages.chainPlace}</h3>
      <Hash name={messages.hash} value={record.hash} />
      <Hash name={messages.prev} value={record.prev} />
    </section>
  );
}

function Hash({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="audit-hash">
      <span>{name}</span>
      <CopyButton text={value} label={messages.copyField(name.toLowerCase())} />
      <code className="selectable">{value}</code>
    </div>
  );
}
