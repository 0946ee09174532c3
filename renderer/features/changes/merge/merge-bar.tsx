import { Check, ChevronDown, ChevronUp, GitMerge, ShieldAlert, ShieldCheck, ShieldX } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../../ui/button.tsx';
import { inWords } from '../../../ui/failure-words.ts';
import { Spinner } from '../../../ui/spinner.tsx';
import { ordinaryChanges } from '../change-rows.ts';
import type { ChangesStore } from '../changes-store.ts';
import type { Judgement } from '../merge-store.ts';
import { messages } from '../messages.ts';
import { isAccepted, reviewOf } from '../review-store.ts';
import { MergeDetails } from './merge-details.tsx';
import { mergeNow } from './merge-now.ts';

export interface MergeBarProps {
  readonly changes: ChangesStore;
}

/** At the bottom: what a merge would do, what the policy says to it, and the merge itself. */
export function MergeBar({ changes: store }: MergeBarProps) {
  const { judgement, details, busy } = useStore(store.merging.store);
  const changes = useStore(store.store, (state) => state.changes);
  const files = useStore(store.review.store, (state) => state.files);
  const accepted = (changes ?? []).filter((change) => isAccepted(reviewOf(files, change))).length;
  const isReviewed = files.size > 0;
  const open = ordinaryChanges(changes).filter((change) => reviewOf(files, change) === undefined);
  const isOpen = details === 'open';
  return (
    <section className="merge-bar" aria-label={messages.judgement}>
      {isOpen && judgement !== undefined ? <MergeDetails judgement={judgement} /> : null}
      <div className="merge-line">
        <Button
          size="small"
          tone="ghost"
          icon={isOpen ? ChevronDown : ChevronUp}
          aria-expanded={isOpen}
          disabled={judgement === undefined}
          onClick={() => store.merging.showDetails(isOpen ? 'closed' : 'open')}
        >
          {messages.check}
        </Button>
        <Summary changes={store} nothingAccepted={isReviewed && accepted === 0 ? 'yes' : 'no'} />
        <span className="grow" />
        {isReviewed && open.length > 0 ? (
          <Button size="small" icon={Check} onClick={() => void store.review.decide(open, 'accepted')}>
            {messages.acceptRest}
          </Button>
        ) : null}
        <Button
          size="small"
          tone="primary"
          icon={GitMerge}
          className="merge-now"
          busy={busy === 'merge'}
          disabled={busy !== undefined || (isReviewed ? accepted === 0 : ordinaryChanges(changes).length === 0)}
          onClick={() => void mergeNow(store)}
        >
          {isReviewed ? messages.mergeAccepted(accepted) : messages.mergeAll}
        </Button>
      </div>
    </section>
  );
}

interface SummaryProps extends MergeBarProps {
  readonly nothingAccepted: 'yes' | 'no';
}

function Summary({ changes: store, nothingAccepted }: SummaryProps) {
  const { judgement, judging, judgeFailure } = useStore(store.merging.store);
  if (judgeFailure !== undefined) {
    const { message } = inWords(judgeFailure);
    return (
      <span className="merge-summary truncate" title={message}>
        {message}
      </span>
    );
  }
  if (judgement === undefined) return judging ? <Spinner /> : null;
  const { merged, conflicts, refused, left } = judgement.report;
  return (
    <span className="merge-summary truncate" aria-live="polite" data-judging={judging || undefined}>
      <span>
        {nothingAccepted === 'yes'
          ? messages.nothingAccepted
          : merged.length === 0
            ? messages.wouldNothing
            : messages.wouldMerge(merged.length)}
      </span>
      {conflicts.length > 0 ? <span className="tone-bad">{messages.conflictsCount(conflicts.length)}</span> : null}
      {refused.length > 0 ? <span className="tone-bad">{messages.refusedCount(refused.length)}</span> : null}
      {left.length > 0 ? <span>{messages.leftCount(left.length)}</span> : null}
      {merged.length > 0 ? <PolicyMark decision={judgement.decision} /> : null}
    </span>
  );
}

const POLICY_ICONS = { allow: ShieldCheck, require_review: ShieldAlert, deny: ShieldX } as const;
const POLICY_TONES = { allow: 'tone-good', require_review: 'tone-warn', deny: 'tone-bad' } as const;

function PolicyMark({ decision: { decision, reasons } }: { readonly decision: Judgement['decision'] }) {
  const Icon = POLICY_ICONS[decision];
  const [reason] = reasons;
  const text = reason === undefined ? messages.policy[decision] : `${messages.policy[decision]}: ${reason}`;
  return (
    <span className={`merge-policy ${POLICY_TONES[decision]}`} data-decision={decision} title={text}>
      <Icon size={13} aria-hidden /> {text}
    </span>
  );
}
