import { Fragment, type KeyboardEvent } from 'react';
import type { Approval } from '../../../schema/contract/approval.ts';
import { useNow } from '../../app/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { type ApprovalText, approvalText } from './approval-text.ts';
import type { Answer } from './approvals-store.ts';
import { messages } from './messages.ts';

const PATHS_SHOWN = 6;
const EXPIRY_SHOWN_MS = 120_000;

export interface ApprovalCardProps {
  readonly approval: Approval;
  readonly sessionName: string | undefined;
  readonly busy: boolean;
  readonly onAnswer: (answer: Answer) => void;
}

/** One question: what will happen, who asks, why the policy wants a person to look. */
export function ApprovalCard({ approval, sessionName, busy, onAnswer }: ApprovalCardProps) {
  const text = approvalText(approval);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const answer = answerOfKey(event.key, approval);
    if (answer === undefined) return;
    event.preventDefault();
    onAnswer(answer);
  };
  return (
    <li className="approval" data-approval={approval.id}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the question takes the keys a, s and d */}
      <article className="approval-card" tabIndex={0} aria-label={text.title} onKeyDown={onKeyDown}>
        <header className="approval-head">
          <Badge tone="review">{approval.syscall}</Badge>
          {sessionName === undefined ? null : <span className="muted truncate">{sessionName}</span>}
          <span className="grow" />
          <Expiry expiresAt={approval.expiresAt} />
        </header>
        <p className="approval-summary selectable">{text.title}</p>
        <ApprovalFacts approval={approval} details={text.details} />
        <AnswerButtons approval={approval} busy={busy} onAnswer={onAnswer} />
      </article>
    </li>
  );
}

function answerOfKey(key: string, approval: Approval): Answer | undefined {
  if (key === 'a') return 'once';
  if (key === 'd') return 'deny';
  return key === 's' && approval.session !== undefined ? 'session' : undefined;
}

interface ApprovalFactsProps {
  readonly approval: Approval;
  readonly details: ApprovalText['details'];
}

function ApprovalFacts({ approval, details }: ApprovalFactsProps) {
  const { decision } = approval;
  // The workspace as a whole is not worth a line.
  const paths = approval.paths.filter((path) => path !== '.');
  return (
    <dl className="facts selectable">
      {details.map(({ name, value }) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd className="approval-value mono">{value}</dd>
        </Fragment>
      ))}
      <dt>{messages.asks}</dt>
      <dd className="mono">{approval.actor}</dd>
      {decision.rule === null ? null : (
        <>
          <dt>{messages.rule}</dt>
          <dd className="mono">{decision.rule}</dd>
        </>
      )}
      <dt>{messages.why}</dt>
      <dd>{decision.reasons.join(' · ')}</dd>
      {paths.length === 0 ? null : (
        <>
          <dt>{messages.paths}</dt>
          <dd>
            {paths.slice(0, PATHS_SHOWN).map((path) => (
              <span key={path} className="approval-path mono">
                {path}
              </span>
            ))}
            {paths.length > PATHS_SHOWN ? (
              <span className="muted">{messages.more(paths.length - PATHS_SHOWN)}</span>
            ) : null}
          </dd>
        </>
      )}
    </dl>
  );
}

export interface AnswerButtonsProps {
  readonly approval: Approval;
  readonly busy: boolean;
  readonly onAnswer: (answer: Answer) => void;
}

export function AnswerButtons({ approval, busy, onAnswer }: AnswerButtonsProps) {
  return (
    <div className="approval-answers">
      <Button tone="primary" size="small" disabled={busy} onClick={() => onAnswer('once')}>
        {messages.once}
      </Button>
      {approval.session === undefined ? null : (
        <Button size="small" disabled={busy} onClick={() => onAnswer('session')}>
          {messages.session}
        </Button>
      )}
      <Button tone="danger" size="small" disabled={busy} onClick={() => onAnswer('deny')}>
        {messages.deny}
      </Button>
    </div>
  );
}

function Expiry({ expiresAt }: { readonly expiresAt: number }) {
  const now = useNow(1000);
  const leftMs = Math.max(0, expiresAt - now);
  if (leftMs > EXPIRY_SHOWN_MS) return null;
  return <span className="approval-expiry">{messages.expires(formatDuration(Math.ceil(leftMs / 1000) * 1000))}</span>;
}
