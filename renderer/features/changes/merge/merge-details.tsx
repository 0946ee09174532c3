import { Check, X } from 'lucide-react';
import type { Judgement } from '../merge-store.ts';
import { messages } from '../messages.ts';
import { PathsPart } from './paths-part.tsx';

/** The dry run: each path and what would become of it, what the policy says and why. */
export function MergeDetails({ judgement: { report, decision, automatic } }: { readonly judgement: Judgement }) {
  return (
    <div className="merge-details">
      <div className="merge-verdict">
        <p>
          <strong>{messages.policy[decision.decision]}</strong>
          {decision.rule === null ? null : <span className="muted"> · {decision.rule}</span>}
        </p>
        {decision.reasons.map((reason) => (
          <p key={reason} className="selectable">
            {reason}
          </p>
        ))}
        <p>
          <strong>{messages.automatic}</strong>
          <span className="muted"> · {automatic.passes ? messages.automaticYes : messages.automaticNo}</span>
        </p>
        <ul className="merge-criteria">
          {automatic.criteria.map(({ name, ok, detail }) => {
            const Icon = ok ? Check : X;
            return (
              <li key={name} className={ok ? 'tone-good' : 'tone-bad'}>
                <Icon size={12} aria-hidden /> <span className="muted">{detail}</span>
              </li>
            );
          })}
        </ul>
      </div>
      <div className="merge-paths">
        <PathsPart
          title={report.merged.length === 0 ? messages.wouldNothing : messages.wouldBeMerged}
          tone="good"
          paths={report.merged}
          isOpen
        />
        <PathsPart title={messages.conflicts} tone="bad" paths={report.conflicts} isOpen />
        <PathsPart
          title={messages.refused}
          tone="bad"
          paths={report.refused.map(({ path, reason }) => `${path}: ${reason}`)}
          isOpen
        />
        <PathsPart title={messages.leftOut} tone="neutral" paths={report.left} />
      </div>
    </div>
  );
}
