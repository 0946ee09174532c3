import { Check, Space, UnfoldVertical, WrapText, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { DiffSide } from '../../../../schema/contract/changes.ts';
import type { FileReview } from '../../../../schema/contract/review.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import type { ChangesStore, Diff } from '../changes-store.ts';
import { messages } from '../messages.ts';
import type { Against, DiffKind } from './diff-view.tsx';

export interface DiffHeadProps {
  readonly diff: Diff;
  readonly changes: ChangesStore;
  readonly review: FileReview | undefined;
  readonly kind: DiffKind;
  readonly against?: Against;
  readonly onAgainst?: (against: Against) => void;
}

const AGAINST = [
  { value: 'base', label: messages.againstBase },
  { value: 'current', label: messages.againstCurrent },
] as const;
const LAYOUTS = [
  { value: 'split', label: messages.sideBySide },
  { value: 'inline', label: messages.inline },
] as const;

/** Which file it is, how it is shown, and what was decided of it. */
export function DiffHead({ diff, changes: store, review, kind, against, onAgainst }: DiffHeadProps) {
  const { change } = diff;
  return (
    <header className="diff-head">
      <span className="mono truncate selectable" title={change.path}>
        {change.path}
      </span>
      {change.from === undefined ? null : <Badge tone="review">{messages.renamedFrom(change.from)}</Badge>}
      <ModeChange before={diff.before} after={diff.after} />
      <span className="grow" />
      {against === undefined || onAgainst === undefined ? null : (
        <Segmented label={messages.compare} value={against} onChange={onAgainst} options={AGAINST} />
      )}
      {kind === 'text' ? <TextOptions changes={store} /> : null}
      {kind === 'conflict' ? null : <FileVerdict diff={diff} changes={store} review={review} />}
    </header>
  );
}

function TextOptions({ changes: store }: { readonly changes: ChangesStore }) {
  const options = useStore(store.store, (state) => state.diffOptions);
  const { context, whitespace, lines } = options;
  return (
    <>
      <IconButton
        icon={UnfoldVertical}
        label={messages.whole}
        pressed={context === 'whole'}
        onClick={() => store.setDiffOptions({ context: context === 'whole' ? 'folded' : 'whole' })}
      />
      <IconButton
        icon={Space}
        label={messages.whitespace}
        pressed={whitespace === 'shown'}
        onClick={() => store.setDiffOptions({ whitespace: whitespace === 'shown' ? 'hidden' : 'shown' })}
      />
      <IconButton
        icon={WrapText}
        label={messages.wrap}
        pressed={lines === 'wrapped'}
        onClick={() => store.setDiffOptions({ lines: lines === 'wrapped' ? 'cut' : 'wrapped' })}
      />
      <Segmented
        label={messages.layout}
        value={options.layout}
        onChange={(layout) => store.setDiffOptions({ layout })}
        options={LAYOUTS}
      />
    </>
  );
}

type FileVerdictProps = Pick<DiffHeadProps, 'diff' | 'changes' | 'review'>;

function FileVerdict({ diff, changes: store, review }: FileVerdictProps) {
  const verdict = review?.verdict;
  const isAccepted = verdict === 'accepted' || verdict === 'edited';
  const decide = (wanted: 'accepted' | 'rejected'): void => {
    const isTaken = wanted === 'accepted' ? isAccepted : verdict === 'rejected';
    void store.review.decide([diff.change], isTaken ? 'undecided' : wanted);
  };
  return (
    <div className="verdict" role="group" aria-label={diff.change.path}>
      <Button size="small" icon={Check} aria-pressed={isAccepted} data-tone="good" onClick={() => decide('accepted')}>
        {verdict === 'edited' ? messages.marks.edited : messages.acceptFile}
      </Button>
      <Button
        size="small"
        icon={X}
        aria-pressed={verdict === 'rejected'}
        data-tone="bad"
        onClick={() => decide('rejected')}
      >
        {messages.rejectFile}
      </Button>
    </div>
  );
}

function ModeChange({ before, after }: { readonly before: DiffSide; readonly after: DiffSide }) {
  if (before.kind === 'absent' || after.kind === 'absent' || before.mode === after.mode) return null;
  const modes = messages.modeChanged(before.mode, after.mode);
  const areFiles = before.mode.startsWith('100') && after.mode.startsWith('100');
  return (
    <Badge tone="warn" title={modes}>
      {(areFiles ? messages.modeNow[after.mode] : undefined) ?? modes}
    </Badge>
  );
}
