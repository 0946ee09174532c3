import { type CSSProperties, useState } from 'react';
import type { DiffSide } from '../../../../schema/contract/changes.ts';
import { formatBytes } from '../../../ui/format.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { messages } from '../messages.ts';
import { DiffSideView } from './diff-side.tsx';
import { Picture } from './picture.tsx';

export interface ImageDiffProps {
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** What the first side is. */
  readonly title: string;
}

type Manner = 'sides' | 'swipe' | 'onion';

const MANNERS = [
  { value: 'sides', label: messages.image.sides },
  { value: 'swipe', label: messages.image.swipe },
  { value: 'onion', label: messages.image.onion },
] as const;

/** Two images beside each other, or one over the other: with a line to draw across, or shining through. */
export function ImageDiff({ before, after, title }: ImageDiffProps) {
  const [manner, setManner] = useState<Manner>('sides');
  const [share, setShare] = useState(50);
  return (
    <div className="image-diff">
      <div className="image-bar">
        <Segmented label={messages.image.label} value={manner} onChange={setManner} options={MANNERS} />
        {manner === 'sides' ? null : (
          <input
            type="range"
            min={0}
            max={100}
            value={share}
            aria-label={manner === 'swipe' ? messages.image.position : messages.image.opacity}
            onChange={(event) => setShare(Number(event.target.value))}
          />
        )}
      </div>
      {manner === 'sides' ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- large pictures are scrolled by keys
        <div className="diff-sides" role="group" aria-label={title} tabIndex={0}>
          <DiffSideView title={title} side={before} />
          <DiffSideView title={messages.after} side={after} />
        </div>
      ) : (
        <Overlaid before={before} after={after} title={title} manner={manner} share={share} />
      )}
    </div>
  );
}

interface OverlaidProps extends ImageDiffProps {
  readonly manner: 'swipe' | 'onion';
  readonly share: number;
}

function Overlaid({ before, after, title, manner, share }: OverlaidProps) {
  const upper: CSSProperties =
    manner === 'onion' ? { opacity: share / 100 } : { clipPath: `inset(0 0 0 ${100 - share}%)` };
  return (
    <figure className="image-overlaid">
      <div className="diff-image image-stack" data-manner={manner}>
        <Picture side={before} alt={title} />
        <Picture side={after} alt={messages.after} style={upper} />
        {manner === 'swipe' ? <span className="image-line" style={{ left: `${100 - share}%` }} /> : null}
      </div>
      <figcaption className="muted">
        {title} {sizeOf(before)} · {messages.after} {sizeOf(after)}
      </figcaption>
    </figure>
  );
}

function sizeOf(side: DiffSide): string {
  return 'sizeBytes' in side ? formatBytes(side.sizeBytes) : '';
}
