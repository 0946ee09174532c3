import { ArrowRight } from 'lucide-react';
import { lazy, Suspense, useId, useState } from 'react';
import { useStore } from 'zustand';
import type { ChangedOutcome, PolicyPreview } from '../../../schema/contract/policy.ts';
import type { Decision } from '../../../schema/policy.ts';
import { useNow } from '../../app/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { TextField } from '../../ui/field.tsx';
import { formatMoment } from '../../ui/format.ts';
import type { ChangeStore } from './change-store.ts';
import { messages } from './messages.ts';
import { editedDocument, type PolicyStore } from './policy-store.ts';
import { VERDICT_TONES } from './trial-view.tsx';

const TextDiff = lazy(async () => ({ default: (await import('../../ui/text-diff.tsx')).TextDiff }));
const MINUTE_MS = 60_000;
const SHOWN = 30;

export interface PreviewViewProps {
  readonly policy: PolicyStore;
  readonly changes: ChangeStore;
}

/** What a new document would change, before it does: the last calls decided again, and its text beside the one in force. */
export function PreviewView({ policy, changes }: PreviewViewProps) {
  const { shown, failure } = useStore(changes.store);
  const before = useStore(policy.store, (state) => editedDocument(state.documents)?.text ?? '');
  const edited = useStore(policy.store, () => policy.editedText());
  if (shown === undefined) return failure ? <FailureNotice failure={failure} /> : null;
  const { preview, text } = shown;
  const isBehind = text !== edited;
  return (
    <section className="policy-preview" aria-label={messages.previewTitle}>
      <div className="policy-side-scroll">
        {failure ? <FailureNotice failure={failure} /> : null}
        {isBehind ? <p className="policy-stale">{messages.previewBehind}</p> : null}
        <Outcomes preview={preview} />
        <h2 className="policy-heading">{messages.textChanges}</h2>
        <div className="policy-diff">
          <Suspense fallback={null}>
            <TextDiff path="policy.yaml" before={before} after={text} layout="inline" />
          </Suspense>
        </div>
      </div>
      <Confirmation key={preview.phrase} preview={preview} changes={changes} usable={!isBehind} />
    </section>
  );
}

function Outcomes({ preview }: { readonly preview: PolicyPreview }) {
  const now = useNow(MINUTE_MS);
  const { outcomes, replayed, breaking } = preview;
  return (
    <>
      <h2 className="policy-heading">
        {messages.outcomes(outcomes.length, replayed)}
        {breaking > 0 ? <Badge tone="bad">{messages.breakingCount(breaking)}</Badge> : null}
      </h2>
      <p className="policy-note">{outcomes.length === 0 ? messages.noOutcomes : messages.outcomesText}</p>
      <ul className="outcomes">
        {outcomes.slice(0, SHOWN).map((outcome) => (
          <OutcomeRow key={outcome.seq} outcome={outcome} now={now} />
        ))}
      </ul>
      {outcomes.length > SHOWN ? <p className="policy-note">{messages.moreOutcomes(outcomes.length - SHOWN)}</p> : null}
    </>
  );
}

function OutcomeRow({ outcome, now }: { readonly outcome: ChangedOutcome; readonly now: number }) {
  const { seq, at, actor, syscall, path, before, after, breaking } = outcome;
  return (
    <li className="outcome-row" data-breaking={breaking || undefined}>
      <p className="outcome-call mono">
        {syscall} {path ?? ''}
      </p>
      <div className="outcome-line">
        <Verdict decision={before} />
        <ArrowRight size={12} aria-label={messages.becomes} />
        <Verdict decision={after} />
        {breaking ? <Badge tone="bad">{messages.breaking}</Badge> : null}
        <span className="outcome-why">
          {after.rule === null ? messages.noRule : messages.decidedBy(after.rule)} · {messages.outcomeOf(seq, actor)},{' '}
          {formatMoment(at, now)}
        </span>
      </div>
    </li>
  );
}

function Verdict({ decision }: { readonly decision: Decision }) {
  return <Badge tone={VERDICT_TONES[decision.decision]}>{messages.verdicts[decision.decision]}</Badge>;
}

interface ConfirmationProps {
  readonly preview: PolicyPreview;
  readonly changes: ChangeStore;
  /** False when the text has moved on since it was previewed. */
  readonly usable: boolean;
}

function Confirmation({ preview, changes, usable }: ConfirmationProps) {
  const busy = useStore(changes.store, (state) => state.busy);
  const [typed, setTyped] = useState('');
  const id = useId();
  const { phrase } = preview;
  const isConfirmed = phrase === null || typed === phrase;
  return (
    <footer className="policy-confirm">
      {phrase === null ? null : (
        <div className="policy-phrase">
          <label htmlFor={id}>
            {messages.typePhrase} <code className="selectable">{phrase}</code>
          </label>
          <TextField id={id} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </div>
      )}
      <div className="policy-confirm-actions">
        <Button onClick={() => changes.closePreview()}>{messages.back}</Button>
        <Button
          tone={preview.breaking > 0 ? 'danger' : 'primary'}
          busy={busy === 'saving'}
          disabled={!isConfirmed || !preview.changed || !usable}
          onClick={() => void changes.save(phrase === null ? '' : typed)}
        >
          {preview.changed ? messages.save : messages.nothingToSave}
        </Button>
      </div>
    </footer>
  );
}
