import { lazy, Suspense, useEffect, useState } from 'react';
import type { DiffSide } from '../../../../schema/contract/changes.ts';
import type { Failure } from '../../../../schema/entities.ts';
import { failureOf } from '../../../app/failure.ts';
import { FailureNotice } from '../../../ui/failure-notice.tsx';
import type { ChangesStore } from '../changes-store.ts';
import { kindOf, textOf } from '../diff/diff-kind.ts';
import { DiffSideView } from '../diff/diff-side.tsx';
import { ImageDiff } from '../diff/image-diff.tsx';
import { messages } from '../messages.ts';
import type { SessionState } from './states.ts';

const TextDiff = lazy(async () => ({ default: (await import('../../../ui/text-diff.tsx')).TextDiff }));

export interface ComparedFileProps {
  readonly before: SessionState;
  readonly after: SessionState;
  readonly path: string;
  readonly changes: ChangesStore;
}

interface Sides {
  readonly before: DiffSide;
  readonly after: DiffSide;
}

/** One file in two states. */
export function ComparedFile(props: ComparedFileProps) {
  const [sides, failure] = useSides(props);
  return (
    <article className="diff" aria-label={props.path}>
      <header className="diff-head">
        <span className="mono truncate selectable">{props.path}</span>
      </header>
      {failure === undefined ? null : <FailureNotice failure={failure} />}
      {sides === undefined ? null : <Content path={props.path} {...sides} />}
    </article>
  );
}

function useSides({ before, after, path, changes: { client } }: ComparedFileProps) {
  const [sides, setSides] = useState<Sides>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    client.changes
      .compareFile({ ...before, with: after, path }, { signal })
      .then(setSides)
      .catch((thrown: unknown) => (signal.aborted ? undefined : setFailure(failureOf(thrown))));
    return () => controller.abort();
  }, [before, after, path, client]);
  return [sides, failure] as const;
}

function Content({ path, before, after }: Sides & { readonly path: string }) {
  switch (kindOf(before, after)) {
    case 'text':
      return (
        <Suspense fallback={null}>
          <TextDiff path={path} before={textOf(before)} after={textOf(after)} layout="split" />
        </Suspense>
      );
    case 'image':
      return <ImageDiff before={before} after={after} title={messages.before} />;
    default:
      return (
        <div className="diff-sides">
          <DiffSideView title={messages.before} side={before} />
          <DiffSideView title={messages.after} side={after} />
        </div>
      );
  }
}
