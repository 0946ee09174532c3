import { Fragment, type ReactNode } from 'react';
import type { AuditFilters } from '../../../schema/contract/audit.ts';
import type { Approval } from '../../../schema/contract/approval.ts';
import { RecordsButton } from '../../app/records-button.tsx';
import { useNow } from '../../app/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatElapsed } from '../../ui/format.ts';
import { ApprovalEvidence } from './approval-evidence.tsx';
import { approvalText } from './approval-text.ts';
import { messages } from './messages.ts';
import '../../ui/facts.css';

const PATHS_SHOWN = 6;
const EXPIRY_SHOWN_MS = 120_000;

export interface ApprovalCardProps {
  readonly approval: Approval;
  readonly sessionName: string | undefined;
  /** The ways to answer. */
  readonly children: ReactNode;
}

/** One question, whole: what will happen, who asks, why the policy wants a person to look. */
export function ApprovalCard({ approval, sessionName, children }: ApprovalCardProps) {
  const text = approvalText(approval);
  const evidence = approval.details ?? [];
  return (
    <article className="approval-card" aria-label={text.title} data-approval={approval.id}>
      <div className="approval-body">
        <header className="approval-head">
          <h3 className="approval-summary selectable">{text.title}</h3>
          <Badge tone="review">{approval.syscall}</Badge>
          <span className="grow" />
          <Expiry expiresAt={approval.expiresAt} />
          <RecordsButton filters={recordsOf(approval)} label={messages.records} />
        </header>
        <ApprovalFacts approval={approval} sessionName={sessionName} inputs={evidence.length > 0 ? [] : text.details} />
        <ApprovalEvidence details={evidence} />
      </div>
      {children}
    </article>
  );
}

/** What was asked and answered in its session, or by its actor where it belongs to none. */
function recordsOf({ session, actor }: Approval): AuditFilters {
  const whose = session === undefined ? { actor } : { session };
  return { types: ['approval_asked', 'approval_answered'], ...whose };
}

interface ApprovalFactsProps {
  readonly approval: Approval;
  readonly sessionName: string | undefined;
  readonly inputs: readonly { readonly name: string; readonly value: string }[];
}

function ApprovalFacts({ approval, sessionName, inputs }: ApprovalFactsProps) {
  const { actor, decision } = approval;
  // The workspace as a whole is not worth a line.
  const paths = approval.paths.filter((path) => path !== '.');
  const who = sessionName === undefined ? whoOf(actor) : `${whoOf(actor)}, in ${sessionName}`;
  return (
    <dl className="facts selectable">
      <Fact name={messages.asks} value={who} />
      <Fact name={messages.why} value={decision.reasons.join(' · ')} />
      {decision.rule === null ? null : <Fact name={messages.rule} value={<code>{decision.rule}</code>} />}
      {paths.length === 0 ? null : (
        <Fact
          name={messages.paths}
          value={
            <>
              {paths.slice(0, PATHS_SHOWN).map((path) => (
                <span key={path} className="approval-path mono">
                  {path}
                </span>
              ))}
              {paths.length > PATHS_SHOWN ? (
                <span className="muted">{messages.more(paths.length - PATHS_SHOWN)}</span>
              ) : null}
            </>
          }
        />
      )}
      {inputs.map(({ name, value }) => (
        <Fact key={name} name={name} value={<span className="approval-value mono">{value}</span>} />
      ))}
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <Fragment>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </Fragment>
  );
}

/** `plugin:git` as a person says it. */
export function whoOf(actor: string): string {
  const [kind = '', name = ''] = actor.split(':', 2);
  if (kind === 'operator') return messages.you;
  return name === '' ? actor : `${messages.actors[kind] ?? kind} ${name}`;
}

function Expiry({ expiresAt }: { readonly expiresAt: number }) {
  const now = useNow(1000);
  const leftMs = Math.max(0, expiresAt - now);
  if (leftMs > EXPIRY_SHOWN_MS) return null;
  return <span className="approval-expiry">{messages.expires(formatElapsed(Math.ceil(leftMs / 1000) * 1000))}</span>;
}
