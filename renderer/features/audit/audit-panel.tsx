import { ScrollText } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { AuditChain } from './audit-chain.tsx';
import { AuditFilterBar } from './audit-filter-bar.tsx';
import { AuditRecordView } from './audit-record-view.tsx';
import type { AuditStore } from './audit-store.ts';
import { AuditTable } from './audit-table.tsx';
import { AuditTimelineView } from './audit-timeline.tsx';
import { messages } from './messages.ts';
import './audit.css';

const VIEW = 'audit';

/** The chain, live: its state, what passes the filters as a list or a picture, a record's details. */
export function AuditPanel({ audit }: { readonly audit: AuditStore }) {
  const { shown, view, failure } = useStore(audit.store);
  const pagesFailure = useStore(audit.pages.store, (state) => state.failure);
  useEffect(() => audit.open(), [audit]);
  return (
    <Panel name={VIEW}>
      <div className="audit">
        <AuditFilterBar audit={audit} />
        <AuditChain audit={audit} />
        {failure ? <FailureNotice failure={failure} compact /> : null}
        {pagesFailure ? <FailureNotice failure={pagesFailure} compact /> : null}
        <div className="audit-body">
          {view === 'list' ? <List audit={audit} /> : <AuditTimelineView audit={audit} />}
          {shown ? <AuditRecordView audit={audit} record={shown.record} row={shown.row} /> : null}
        </div>
      </div>
    </Panel>
  );
}

function List({ audit }: { readonly audit: AuditStore }) {
  const { rows, counting, turn } = useStore(audit.pages.store);
  const filters = useStore(audit.store, (state) => state.filters);
  if (rows > 0 || counting || turn === 0) return <AuditTable key={turn} audit={audit} />;
  if (Object.keys(filters).length === 0) {
    return (
      <EmptyState icon={ScrollText} title={messages.empty}>
        {messages.emptyText}
      </EmptyState>
    );
  }
  const clear = <Button onClick={() => audit.setFilters({})}>{messages.clear}</Button>;
  return (
    <EmptyState icon={ScrollText} title={messages.none} actions={clear}>
      {messages.noneText}
    </EmptyState>
  );
}
