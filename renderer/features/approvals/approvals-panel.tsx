import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { SessionId } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useVisible } from '../../ui/use-visible.ts';
import { ApprovalQueue } from './approval-queue.tsx';
import type { ApprovalsStore } from './approvals-store.ts';
import { messages } from './messages.ts';
import { GrantList, TokenList } from './standing-list.tsx';
import './approvals.css';

const VIEW = 'approvals';

type Tab = 'waiting' | 'grants' | 'tokens';

export interface ApprovalsPanelProps {
  readonly approvals: ApprovalsStore;
  /** The session that is looked at: its questions come first. */
  readonly session?: SessionId;
}

/** Every question that waits, the answers that stand, and the tokens that are out. */
export function ApprovalsPanel({ approvals: store, session }: ApprovalsPanelProps) {
  const { approvals, grants } = useStore(store.store);
  const [tab, setTab] = useState<Tab>('waiting');
  const nameOf = useSessionName();
  const [ref, visible] = useVisible<HTMLDivElement>();
  const questionsInSight = visible && tab === 'waiting';
  useEffect(() => {
    store.setPanel(questionsInSight ? 'visible' : 'hidden');
    return () => store.setPanel('hidden');
  }, [store, questionsInSight]);
  const tabs = [
    { value: 'waiting', label: messages.tabs.waiting(approvals.length) },
    { value: 'grants', label: messages.tabs.grants(grants.length) },
    { value: 'tokens', label: messages.tabs.tokens },
  ] as const;
  return (
    <Panel name={VIEW} bar={<Segmented label={messages.title} value={tab} options={tabs} onChange={setTab} />}>
      <div className="approvals" ref={ref}>
        {tab === 'waiting' ? <ApprovalQueue approvals={store} session={session} nameOf={nameOf} /> : null}
        {tab === 'grants' ? <GrantList approvals={store} nameOf={nameOf} /> : null}
        {tab === 'tokens' ? <TokenList approvals={store} nameOf={nameOf} /> : null}
      </div>
    </Panel>
  );
}

function useSessionName(): (session: SessionId | undefined) => string | undefined {
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  return (session) => list.find((one) => one.id === session)?.name;
}
