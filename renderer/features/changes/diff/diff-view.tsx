import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import type { DiffSide } from '../../../../schema/contract/changes.ts';
import type { Change } from '../../../../schema/entities.ts';
import type { ChangesStore, Diff } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { reviewOf } from '../review-store.ts';
import { ConflictBanner, VoidedBanner } from './diff-banners.tsx';
import type { DiffCommandSlot } from './diff-commands.ts';
import { kindOf, type SidesKind, textOf } from './diff-kind.ts';
import { DiffHead } from './diff-head.tsx';
import { DiffSideView } from './diff-side.tsx';
import { ImageDiff } from './image-diff.tsx';
import { SaveSide } from './save-side.tsx';

const ReviewDiff = lazy(async () => ({ default: (await import('./review-diff.tsx')).ReviewDiff }));
const LongTextDiff = lazy(async () => ({ default: (await import('./long-text-diff.tsx')).LongTextDiff }));
const ConflictView = lazy(async () => ({ default: (await import('../conflict/conflict-view.tsx')).ConflictView }));

export type Against = 'base' | 'current';

export interface DiffViewProps {
  readonly diff: Diff;
  readonly changes: ChangesStore;
  readonly commands: DiffCommandSlot;
}

/** One change: what it was, what it is and, where the folder moved on meanwhile, what is there now. */
export function DiffView({ diff, changes: store, commands }: DiffViewProps) {
  const { change, current } = diff;
  const review = useStore(store.review.store, (state) => reviewOf(state.files, change));
  const wasVoided = useStore(store.review.store, (state) => state.files.has(change.path)) && review === undefined;
  const [chosen, setAgainst] = useState<Against>();
  const isConflict = useStore(store.store, ({ changes }) => isInConflict(changes, change.path));
  const isSolved = review?.workspaceSha256 !== undefined;
  const [solving, setSolving] = useState<'yes' | 'no'>();
  const isSolving = solving === undefined ? isConflict && !isSolved : solving === 'yes';
  const against = current === undefined ? 'base' : (chosen ?? (isSolved ? 'current' : 'base'));
  if (isSolving) {
    return (
      <article className="diff" aria-label={change.path}>
        <DiffHead diff={diff} changes={store} review={review} kind="conflict" />
        <Suspense fallback={null}>
          <ConflictView change={change} changes={store} commands={commands} onSolved={() => setSolving('no')} />
        </Suspense>
      </article>
    );
  }
  const before = against === 'current' && current !== undefined ? current : diff.before;
  const kind = kindOf(before, diff.after);
  return (
    <article className="diff" aria-label={change.path}>
      <DiffHead
        diff={diff}
        changes={store}
        review={review}
        kind={kind}
        {...(current === undefined ? {} : { against, onAgainst: setAgainst })}
      />
      {isConflict ? <ConflictBanner isSolved={isSolved} onSolve={() => setSolving('yes')} /> : null}
      {wasVoided ? <VoidedBanner /> : null}
      <Content kind={kind} before={before} diff={diff} changes={store} commands={commands} against={against} />
    </article>
  );
}

function isInConflict(changes: readonly Change[] | undefined, path: string): boolean {
  return changes?.some((each) => each.path === path && each.conflict === true) ?? false;
}

export type DiffKind = SidesKind | 'conflict';

interface ContentProps extends DiffViewProps {
  readonly kind: DiffKind;
  readonly before: DiffSide;
  readonly against: Against;
}

function Content({ kind, before, diff, changes, commands, against }: ContentProps) {
  const title = against === 'current' ? messages.now : messages.before;
  const { after } = diff;
  switch (kind) {
    case 'text':
      return (
        <Suspense fallback={null}>
          <ReviewDiff
            key={against}
            change={diff.change}
            before={textOf(before)}
            after={textOf(after)}
            reviewed={against === 'base' && diff.change.kind !== 'deleted' ? 'yes' : 'no'}
            changes={changes}
            commands={commands}
          />
        </Suspense>
      );
    case 'long':
      return (
        <Suspense fallback={null}>
          <LongTextDiff diff={{ ...diff, before }} changes={changes} />
        </Suspense>
      );
    case 'image':
      return <ImageDiff before={before} after={after} title={title} />;
    default:
      return (
        <div className="diff-sides">
          <DiffSideView title={title} side={before}>
            {against === 'base' ? <SaveSide diff={diff} changes={changes} side="before" /> : null}
          </DiffSideView>
          <DiffSideView title={messages.after} side={after}>
            <SaveSide diff={diff} changes={changes} side="after" />
          </DiffSideView>
        </div>
      );
  }
}
