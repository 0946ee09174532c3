import { Undo2, X } from 'lucide-react';
import { Button, IconButton } from '../../../ui/button.tsx';
import type { Outcome } from '../merge-store.ts';
import { messages } from '../messages.ts';
import { PathsPart } from './paths-part.tsx';

export interface OutcomeNoticeProps {
  readonly outcome: Outcome;
  readonly onUndo: () => void;
  readonly onDismiss: () => void;
}

/** What a merge came to: merged, conflicts, left out, refused with the reason. */
export function OutcomeNotice({ outcome, onUndo, onDismiss }: OutcomeNoticeProps) {
  const { of, merged, conflicts, left, refused } = outcome;
  return (
    <section
      className="outcome"
      role="status"
      aria-label={of === 'merge' ? messages.mergeReport : messages.undoReport}
      data-of={of}
    >
      <div className="outcome-parts">
        <PathsPart title={titleOf(outcome)} tone="good" paths={merged} />
        <PathsPart title={messages.conflicts} tone="bad" paths={conflicts} />
        <PathsPart title={messages.leftOut} tone="neutral" paths={left} />
        <PathsPart
          title={messages.refused}
          tone="bad"
          paths={refused.map(({ path, reason }) => `${path}: ${reason}`)}
        />
      </div>
      {of === 'merge' && merged.length > 0 ? (
        <Button size="small" icon={Undo2} onClick={onUndo}>
          {messages.undoThis}
        </Button>
      ) : null}
      <IconButton icon={X} label={messages.dismiss} onClick={onDismiss} />
    </section>
  );
}

function titleOf({ of, merged, into }: Outcome): string {
  if (of === 'undo') return messages.undone(merged.length);
  if (merged.length === 0) return messages.nothingMerged;
  return into === undefined ? messages.merged : messages.mergedInto(into);
}
