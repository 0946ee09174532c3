import { ShieldCheck } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Grant } from '../../../schema/contract/approval.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useVisible } from '../../ui/use-visible.ts';
import { ApprovalCard } from './approval-card.tsx';
import type { ApprovalsStore } from './approvals-store.ts';
import { messages } from './messages.ts';
import './approvals.css';

const VIEW = 'approvals';

/** Every question that waits, and the answers that stand. */
export function ApprovalsPanel({ approvals: store }: { readonly approvals: ApprovalsStore }) {
  const { approvals, grants, answering } = useStore(store.store);
  const nameOf = useSessionName();
  const [ref, visible] = useVisible<HTMLDivElement>();
  useEffect(() => {
    store.setPanel(visible ? 'visible' : 'hidden');
    return () => store.setPanel('hidden');
  }, [store, visible]);
  return (
    <Panel name={VIEW}>
      <div className="approvals" ref={ref}>
        {approvals.length === 0 ? (
          <EmptyState icon={ShieldCheck} title={messages.none}>
            {messages.noneText}
          </EmptyState>
        ) : (
          <>
            <p className="approvals-hint">{messages.keys}</p>
            <ul className="approvals-list">
              {approvals.map((approval) => (
                <ApprovalCard
                  key={approval.id}
                  approval={approval}
                  sessionName={nameOf(approval.session)}
                  busy={answering.has(approval.id)}
                  onAnswer={(answer) => void store.decide(approval.id, answer)}
                />
              ))}
            </ul>
          </>
        )}
        {grants.length === 0 ? null : (
          <Grants grants={grants} onRevoke={(grant) => void store.revoke(grant.id)} nameOf={nameOf} />
        )}
      </div>
    </Panel>
  );
}

function useSessionName(): (session: SessionId | undefined) => string | undefined {
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  return (session) => list.find((one) => one.id === session)?.name;
}

interface GrantsProps {
  readonly grants: readonly Grant[];
  readonly onRevoke: (grant: Grant) => void;
  readonly nameOf: (session: SessionId) => string | undefined;
}

function Grants({ grants, onRevoke, nameOf }: GrantsProps) {
  return (
    <section className="grants" aria-labelledby="grants-title">
      <h2 id="grants-title">{messages.grants}</h2>
      <ul>
        {grants.map((grant) => (
          <li key={grant.id} className="grant">
            <span className="mono">{grant.syscall}</span>
            <span className="muted truncate">
              {grant.rule}
              {grant.session === undefined ? null : ` · ${messages.grantFor(nameOf(grant.session) ?? grant.session)}`}
            </span>
            <span className="grow" />
            <Button size="small" onClick={() => onRevoke(grant)}>
              {messages.revoke}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
