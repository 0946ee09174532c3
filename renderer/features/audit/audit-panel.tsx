import { CircleAlert, ScrollText, ShieldCheck } from 'lucide-react';
import { auditTypes } from 'virtual:contract-shape';
import { useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { AuditReport } from '../../../schema/contract/audit.ts';
import type { AuditType } from '../../../schema/audit-record.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { FilterField } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { AuditRecordView } from './audit-record-view.tsx';
import type { AuditStore } from './audit-store.ts';
import { AuditTable } from './audit-table.tsx';
import { messages } from './messages.ts';
import './audit.css';

const VIEW = 'audit';

/** The chain, live: filters, a record's details, verification on demand. */
export function AuditPanel({ audit }: { readonly audit: AuditStore }) {
  const { records, loaded, failure, shown, report, writable } = useStore(audit.store);
  useEffect(() => void audit.load(), [audit]);
  const loadOlder = useCallback(() => void audit.loadOlder(), [audit]);
  const record = records.find((one) => one.seq === shown);
  return (
    <Panel name={VIEW} bar={<AuditBar audit={audit} />}>
      <div className="audit">
        {writable ? null : (
          <p className="audit-read-only" role="alert">
            {messages.readOnly}
          </p>
        )}
        {failure ? <FailureNotice failure={failure} compact /> : null}
        {report ? <Report report={report} /> : null}
        <div className="audit-body">
          {loaded && records.length === 0 ? (
            <EmptyState icon={ScrollText} title={messages.none}>
              {messages.noneText}
            </EmptyState>
          ) : (
            <AuditTable records={records} shown={shown} onShow={(seq) => audit.show(seq)} onNearEnd={loadOlder} />
          )}
          {record ? <AuditRecordView record={record} onClose={() => audit.show(undefined)} /> : null}
        </div>
      </div>
    </Panel>
  );
}

const TYPING_PAUSE_MS = 200;

function AuditBar({ audit }: { readonly audit: AuditStore }) {
  const { filters, verifying, headSeq } = useStore(audit.store);
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  const [text, setText] = useState(filters.text ?? '');
  useEffect(() => {
    if (text === (filters.text ?? '')) return undefined;
    const { text: _former, ...others } = filters;
    const timer = setTimeout(() => void audit.setFilters(text === '' ? others : { ...others, text }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, filters, audit]);
  const setType = (value: string): void => {
    const { types: _former, ...others } = filters;
    // The options are the types themselves.
    void audit.setFilters(value === '' ? others : { ...others, types: [value as AuditType] });
  };
  const setSession = (value: string): void => {
    const { session: _former, ...others } = filters;
    const chosen = list.find((one) => one.id === value);
    void audit.setFilters(chosen === undefined ? others : { ...others, session: chosen.id });
  };
  return (
    <>
      <FilterField value={text} onChange={setText} label={messages.filter} />
      <select
        className="select-field select-small"
        aria-label={messages.type}
        value={filters.types?.[0] ?? ''}
        onChange={(event) => setType(event.target.value)}
      >
        <option value="">{messages.allTypes}</option>
        {auditTypes.map((type) => (
          <option key={type} value={type}>
            {type}
          </option>
        ))}
      </select>
      <select
        className="select-field select-small"
        aria-label={messages.session}
        value={filters.session ?? ''}
        onChange={(event) => setSession(event.target.value)}
      >
        <option value="">{messages.allSessions}</option>
        {list.map((session) => (
          <option key={session.id} value={session.id}>
            {session.name}
          </option>
        ))}
      </select>
      {headSeq === undefined ? null : <span className="audit-headseq">{messages.head(headSeq)}</span>}
      <Button size="small" icon={ShieldCheck} busy={verifying !== undefined} onClick={() => void audit.verify()}>
        {verifying && verifying.total > 0 ? messages.verifying(verifying.done, verifying.total) : messages.verify}
      </Button>
    </>
  );
}

function Report({ report }: { readonly report: AuditReport }) {
  const Icon = report.ok ? ShieldCheck : CircleAlert;
  const text = report.ok
    ? messages.good(report.records, report.checkpoints)
    : report.firstBad
      ? messages.bad(report.firstBad.seq, report.firstBad.problem)
      : messages.badPlain;
  return (
    <p className="audit-report" data-ok={report.ok} role="status">
      <Icon size={15} aria-hidden /> <span className="selectable">{text}</span>
    </p>
  );
}
