import { CircleAlert, ScrollText, ShieldCheck } from 'lucide-react';
import { useCallback, useEffect } from 'react';
import { useStore } from 'zustand';
import type { AuditReport } from '../../../schema/contract/audit.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { AuditBar } from './audit-bar.tsx';
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
