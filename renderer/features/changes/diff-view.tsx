import { TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { DiffSide } from '../../../schema/contract/changes.ts';
import { Badge } from '../../ui/badge.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { Diff } from './changes-store.ts';
import { DiffSideView } from './diff-side.tsx';
import { messages } from './messages.ts';

const TextDiff = lazy(async () => ({ default: (await import('../../ui/text-diff.tsx')).TextDiff }));

type Layout = 'split' | 'inline';
type Against = 'base' | 'current';

const AGAINST = [
  { value: 'base', label: messages.againstBase },
  { value: 'current', label: messages.againstCurrent },
] as const;
const LAYOUTS = [
  { value: 'split', label: messages.sideBySide },
  { value: 'inline', label: messages.inline },
] as const;

/** One change: what it was, what it is, and, where the folder moved on meanwhile, what is there now. */
export function DiffView({ diff }: { readonly diff: Diff }) {
  const [layout, setLayout] = useState<Layout>('split');
  const [against, setAgainst] = useState<Against>('base');
  const { change, after, current } = diff;
  const isCurrent = against === 'current' && current !== undefined;
  const left = isCurrent ? current : diff.before;
  const texts = textsOf(left, after);
  return (
    <article className="diff" aria-label={change.path}>
      <header className="diff-head">
        <span className="mono truncate selectable" title={change.path}>
          {change.path}
        </span>
        <ModeChange before={diff.before} after={after} />
        <span className="grow" />
        {current === undefined ? null : (
          <Segmented label={messages.compare} value={against} onChange={setAgainst} options={AGAINST} />
        )}
        {texts === undefined ? null : (
          <Segmented label={messages.layout} value={layout} onChange={setLayout} options={LAYOUTS} />
        )}
      </header>
      {change.conflict ? (
        <p className="diff-conflict">
          <TriangleAlert size={14} aria-hidden /> {messages.conflictText}
        </p>
      ) : null}
      {texts === undefined ? (
        <div className="diff-sides">
          <DiffSideView title={isCurrent ? messages.now : messages.before} side={left} />
          <DiffSideView title={messages.after} side={after} />
        </div>
      ) : (
        <Suspense fallback={null}>
          <TextDiff path={change.path} layout={layout} {...texts} />
        </Suspense>
      )}
    </article>
  );
}

function ModeChange({ before, after }: { readonly before: DiffSide; readonly after: DiffSide }) {
  if (before.kind === 'absent' || after.kind === 'absent' || before.mode === after.mode) return null;
  return <Badge tone="warn">{messages.modeChanged(before.mode, after.mode)}</Badge>;
}

/** Both sides as text, where each is text or nothing. */
function textsOf(before: DiffSide, after: DiffSide): { before: string; after: string } | undefined {
  const isTextual = (side: DiffSide): boolean => side.kind === 'text' || side.kind === 'absent';
  if (!isTextual(before) || !isTextual(after) || (before.kind === 'absent' && after.kind === 'absent'))
    return undefined;
  const textOf = (side: DiffSide): string => (side.kind === 'text' ? side.text : '');
  return { before: textOf(before), after: textOf(after) };
}
