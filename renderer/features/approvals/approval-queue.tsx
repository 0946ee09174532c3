import { ShieldCheck } from 'lucide-react';
import { Fragment, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Approval } from '../../../schema/contract/approval.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Split } from '../../ui/split.tsx';
import { AnswerBar, type Asking } from './answer-bar.tsx';
import { ApprovalCard, whoOf } from './approval-card.tsx';
import { type ApprovalGroup, groupApprovals, mayAnswer, neighbour, shownApproval } from './approval-groups.ts';
import { approvalText } from './approval-text.ts';
import type { Answer, ApprovalsStore } from './approvals-store.ts';
import { messages } from './messages.ts';

const LIST_PX = 330;

export interface ApprovalQueueProps {
  readonly approvals: ApprovalsStore;
  /** The session that is looked at, if any. */
  readonly session: SessionId | undefined;
  readonly nameOf: (session: SessionId | undefined) => string | undefined;
}

/** Every question that waits, by kind; one of them whole, with the ways to answer it. */
export function ApprovalQueue({ approvals: store, session, nameOf }: ApprovalQueueProps) {
  const { approvals, selected, answering } = useStore(store.store);
  const [asking, setAsking] = useState<Asking>();
  const groups = useMemo(() => groupApprovals(approvals, session), [approvals, session]);
  const firstElsewhere = groups.find(({ place }) => place === 'elsewhere');
  const list = useRef<HTMLDivElement>(null);
  const shown = shownApproval(groups, selected);
  if (shown === undefined) {
    return (
      <EmptyState icon={ShieldCheck} title={messages.none}>
        {messages.noneText}
      </EmptyState>
    );
  }
  const focusRow = (id: Approval['id']): void => {
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-question="${id}"]`)?.focus());
  };
  const answer = (given: Answer): void => {
    // The next question takes the place, so that a row of answers is a row of key strokes.
    const next = neighbour(groups, shown, 1) ?? neighbour(groups, shown, -1);
    setAsking(undefined);
    void store.decide(shown.id, given).then(() => {
      if (store.store.getState().approvals.some((one) => one.id === shown.id)) return;
      store.select(next?.id);
      if (next) focusRow(next.id);
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = keyAct(event, shown);
    if (act === undefined) return;
    event.preventDefault();
    if (act === 'pattern' || act === 'until') setAsking(act);
    else if (typeof act === 'object') answer(act);
    else {
      const next = neighbour(groups, shown, act);
      if (next === undefined) return;
      store.select(next.id);
      focusRow(next.id);
    }
  };
  return (
    <div className="approval-queue" role="presentation" onKeyDown={onKeyDown}>
      <Split
        label={messages.width}
        initial={LIST_PX}
        start={
          <div className="question-list" ref={list}>
            {groups.map((group) => (
              <Fragment key={`${group.place} ${group.kind}`}>
                {group === firstElsewhere ? <p className="question-elsewhere">{messages.elsewhere}</p> : null}
                <QuestionGroup
                  group={group}
                  shown={shown.id}
                  nameOf={nameOf}
                  onShow={(id) => {
                    setAsking(undefined);
                    store.select(id);
                  }}
                  onDenyAll={() => void store.denyAll(group.approvals)}
                />
              </Fragment>
            ))}
            <p className="approvals-hint">{messages.keys}</p>
          </div>
        }
        end={
          <ApprovalCard key={shown.id} approval={shown} sessionName={nameOf(shown.session)}>
            <AnswerBar
              approval={shown}
              busy={answering.has(shown.id)}
              asking={asking}
              onAsk={setAsking}
              onAnswer={answer}
            />
          </ApprovalCard>
        }
      />
    </div>
  );
}

type KeyAct = Answer | 'pattern' | 'until' | 1 | -1;

/** What a key means on a question; nothing while something is typed into a field. */
export function keyAct(event: KeyboardEvent, approval: Approval): KeyAct | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.target instanceof HTMLElement && event.target.closest('input, select, textarea, [role="separator"]')) {
    return undefined;
  }
  switch (event.key.toLowerCase()) {
    case 'arrowdown':
      return 1;
    case 'arrowup':
      return -1;
    case 'a':
      return { answer: 'once' };
    case 'd':
      return { answer: 'deny' };
    case 's':
      return mayAnswer(approval, 'session') ? { answer: 'session' } : undefined;
    case 'p':
      return mayAnswer(approval, 'pattern') ? 'pattern' : undefined;
    case 'u':
      return mayAnswer(approval, 'until') ? 'until' : undefined;
    default:
      return undefined;
  }
}

interface QuestionGroupProps {
  readonly group: ApprovalGroup;
  readonly shown: Approval['id'];
  readonly nameOf: (session: SessionId | undefined) => string | undefined;
  readonly onShow: (id: Approval['id']) => void;
  readonly onDenyAll: () => void;
}

function QuestionGroup({ group, shown, nameOf, onShow, onDenyAll }: QuestionGroupProps) {
  const kind = messages.kinds[group.kind];
  const label = group.place === 'here' ? kind : `${messages.elsewhere}: ${kind}`;
  return (
    <section className="question-group" aria-label={label}>
      <header className="question-group-head">
        <h2>{kind}</h2>
        <span className="question-count">{group.approvals.length}</span>
        <span className="grow" />
        {group.approvals.length > 1 ? (
          <Button size="small" tone="ghost" onClick={onDenyAll}>
            {messages.denyAll}
          </Button>
        ) : null}
      </header>
      <ul>
        {group.approvals.map((approval) => (
          <li key={approval.id}>
            <button
              type="button"
              className="question"
              data-question={approval.id}
              aria-current={approval.id === shown ? 'true' : undefined}
              onClick={() => onShow(approval.id)}
            >
              <span className="question-title truncate" title={approvalText(approval).title}>
                {approvalText(approval).title}
              </span>
              <span className="question-what mono truncate">{whatOf(approval)}</span>
              <span className="question-who truncate">
                {whoOf(approval.actor)} · {nameOf(approval.session) ?? messages.noSession}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One line that tells two questions of a kind apart. */
export function whatOf(approval: Approval): string {
  const paths = approval.paths.filter((path) => path !== '.');
  const [first] = approval.details ?? [];
  if (first?.kind === 'command') return first.text.split('\n', 1)[0] ?? '';
  if (paths.length > 0) return paths.join(', ');
  return approvalText(approval)
    .details.map(({ name, value }) => `${name}: ${value}`)
    .join(' · ');
}
