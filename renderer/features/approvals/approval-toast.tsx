import { ShieldQuestionMark } from 'lucide-react';
import { useStore } from 'zustand';
import type { Approval } from '../../../schema/contract/approval.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { AnswerButtons } from './approval-card.tsx';
import { approvalText } from './approval-text.ts';
import type { ApprovalsStore } from './approvals-store.ts';
import { messages } from './messages.ts';
import './approvals.css';

/** The oldest question, in the corner of the window, while the panel with all of them is not in sight. */
export function ApprovalToast({ approvals: store }: { readonly approvals: ApprovalsStore }) {
  const { approvals, answering, postponed, panelVisible } = useStore(store.store);
  const { workbench } = useServices();
  const open = approvals.filter((approval) => !postponed.has(approval.id));
  const first = open[0];
  const shown = !panelVisible && first !== undefined;
  return (
    <div aria-live="polite">
      {shown ? (
        <section className="approval-toast" aria-label={messages.waiting(approvals.length)} data-approval={first.id}>
          <header className="approval-toast-head">
            <ShieldQuestionMark size={15} aria-hidden />
            <span className="grow">{messages.waiting(approvals.length)}</span>
            <Button tone="ghost" size="small" onClick={() => workbench.reveal('approvals')}>
              {messages.showAll}
            </Button>
            <Button tone="ghost" size="small" onClick={() => store.postpone()}>
              {messages.later}
            </Button>
          </header>
          <p className="approval-summary selectable">{approvalText(first).title}</p>
          <p className="approval-toast-what truncate mono">{oneLineOf(first)}</p>
          <p className="approval-toast-why">{first.decision.reasons.join(' · ')}</p>
          <AnswerButtons
            approval={first}
            busy={answering.has(first.id)}
            onAnswer={(answer) => void store.decide(first.id, answer)}
          />
        </section>
      ) : null}
    </div>
  );
}

function oneLineOf(approval: Approval): string {
  const details = approvalText(approval).details.map(({ name, value }) => `${name} ${value}`);
  return [...approval.paths.filter((path) => path !== '.'), ...details].join(' · ');
}
