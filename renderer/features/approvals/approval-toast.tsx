import { ShieldQuestionMark } from 'lucide-react';
import { useStore } from 'zustand';
import type { Approval } from '../../../schema/contract/approval.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { approvalText } from './approval-text.ts';
import { mayAnswer } from './approval-groups.ts';
import { whatOf } from './approval-queue.tsx';
import type { Answer, ApprovalsStore } from './approvals-store.ts';
import { messages } from './messages.ts';
import './approvals.css';

/** The oldest question, in the corner of the window, while the panel with all of them is not in sight. */
export function ApprovalToast({ approvals: store }: { readonly approvals: ApprovalsStore }) {
  const { approvals, answering, postponed, panelVisible } = useStore(store.store);
  const { workbench } = useServices();
  const open = approvals.filter((approval) => !postponed.has(approval.id));
  const first = open[0];
  const shown = !panelVisible && first !== undefined;
  const showAll = (): void => {
    store.select(first?.id);
    workbench.reveal('approvals');
  };
  return (
    <>
      {shown ? (
        <section className="approval-toast" aria-label={messages.waiting(approvals.length)} data-approval={first.id}>
          <header className="approval-toast-head">
            <ShieldQuestionMark size={15} aria-hidden />
            <span className="grow">{messages.waiting(approvals.length)}</span>
            <Button tone="ghost" size="small" onClick={showAll}>
              {messages.showAll}
            </Button>
            <Button tone="ghost" size="small" onClick={() => store.postpone()}>
              {messages.later}
            </Button>
          </header>
          <p className="approval-summary selectable">{approvalText(first).title}</p>
          <p className="approval-toast-what truncate mono">{whatOf(first)}</p>
          <p className="approval-toast-why">{first.decision.reasons.join(' · ')}</p>
          <ToastAnswers
            approval={first}
            busy={answering.has(first.id)}
            onAnswer={(answer) => void store.decide(first.id, answer)}
          />
        </section>
      ) : null}
    </>
  );
}

interface ToastAnswersProps {
  readonly approval: Approval;
  readonly busy: boolean;
  readonly onAnswer: (answer: Answer) => void;
}

/** The short answers; the others are in the panel, beside what there is to look at. */
function ToastAnswers({ approval, busy, onAnswer }: ToastAnswersProps) {
  return (
    <div className="approval-answers">
      <Button tone="primary" size="small" disabled={busy} onClick={() => onAnswer({ answer: 'once' })}>
        {messages.once}
      </Button>
      {mayAnswer(approval, 'session') ? (
        <Button size="small" disabled={busy} onClick={() => onAnswer({ answer: 'session' })}>
          {messages.session}
        </Button>
      ) : null}
      <Button tone="danger" size="small" disabled={busy} onClick={() => onAnswer({ answer: 'deny' })}>
        {messages.deny}
      </Button>
    </div>
  );
}
