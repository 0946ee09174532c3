import type { ReactNode } from 'react';
import type { DiffSide } from '../../../../schema/contract/changes.ts';
import { formatBytes } from '../../../ui/format.ts';
import { messages } from '../messages.ts';
import { Picture } from './picture.tsx';
import '../../../ui/facts.css';

export interface DiffSideViewProps {
  readonly title: string;
  readonly side: DiffSide;
  /** What can be done with it. */
  readonly children?: ReactNode;
}

/** What is not text: an image as it looks, anything else by size and digest. */
export function DiffSideView({ title, side, children }: DiffSideViewProps) {
  return (
    <figure className="diff-side">
      <figcaption>{title}</figcaption>
      <SideContent side={side} />
      {children}
    </figure>
  );
}

function SideContent({ side }: { readonly side: DiffSide }) {
  switch (side.kind) {
    case 'absent':
      return <p className="muted">{messages.absent}</p>;
    case 'image':
      return (
        <>
          <div className="diff-image">
            <Picture side={side} alt="" />
          </div>
          <p className="muted">
            {side.mediaType} · {formatBytes(side.sizeBytes)}
          </p>
        </>
      );
    case 'long-text':
    case 'binary':
      return (
        <dl className="facts selectable">
          <dt>{side.kind === 'binary' ? messages.binary : messages.size}</dt>
          <dd>{formatBytes(side.sizeBytes)}</dd>
          <dt>{messages.digest}</dt>
          <dd className="mono">{side.sha256}</dd>
          <dt>{messages.mode}</dt>
          <dd className="mono">{side.mode}</dd>
        </dl>
      );
    case 'symlink':
      return (
        <p className="selectable">
          {messages.symlink} <span className="mono">{side.target}</span>
        </p>
      );
    case 'folder':
      return (
        <p>
          {messages.folder} <span className="mono muted">{side.mode}</span>
        </p>
      );
    case 'text':
      return <pre className="diff-plain selectable">{side.text}</pre>;
  }
}
