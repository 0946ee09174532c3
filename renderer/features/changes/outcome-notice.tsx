import { X } from 'lucide-react';
import { IconButton } from '../../ui/button.tsx';
import type { Outcome } from './changes-store.ts';
import { messages } from './messages.ts';

const SHOWN = 50;

/** What a merge came to: merged, conflicts, left out, refused with the reason. */
export function OutcomeNotice({ outcome, onDismiss }: { readonly outcome: Outcome; readonly onDismiss: () => void }) {
  const { merged, conflicts, left, refused } = outcome;
  const title = outcome.of === 'merge' ? messages.mergeReport : messages.undoReport;
  return (
    <section className="outcome" role="status" aria-label={title}>
      <div className="outcome-parts">
        <Part
          title={
            outcome.of === 'undo'
              ? messages.undone(merged.length)
              : merged.length === 0
                ? messages.nothingMerged
                : messages.merged
          }
          tone="good"
          paths={merged}
        />
        <Part title={messages.conflicts} tone="bad" paths={conflicts} />
        <Part title={messages.leftOut} tone="neutral" paths={left} />
        <Part title={messages.refused} tone="bad" paths={refused.map(({ path, reason }) => `${path}: ${reason}`)} />
      </div>
      <IconButton icon={X} label={messages.dismiss} onClick={onDismiss} />
    </section>
  );
}

interface PartProps {
  readonly title: string;
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly paths: readonly string[];
}

function Part({ title, tone, paths }: PartProps) {
  if (paths.length === 0) return tone === 'good' ? <p className="outcome-part">{title}</p> : null;
  return (
    <details className="outcome-part" data-tone={tone} open={tone === 'bad'}>
      <summary>
        {title} <span className="outcome-count">{paths.length}</span>
      </summary>
      <ul className="mono selectable">
        {paths.slice(0, SHOWN).map((path) => (
          <li key={path} className="truncate">
            {path}
          </li>
        ))}
        {paths.length > SHOWN ? <li>… {paths.length - SHOWN} more</li> : null}
      </ul>
    </details>
  );
}
