import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Failure } from '../../schema/entities.ts';
import { CopyButton } from './copy-button.tsx';
import './failure-notice.css';

export interface FailureNoticeProps {
  readonly failure: Failure;
  /** Buttons that do something about it. */
  readonly actions?: ReactNode;
  readonly compact?: boolean;
}

/** A failure as three lines: what happened, why, what to do. */
export function FailureNotice({ failure, actions, compact }: FailureNoticeProps) {
  return (
    <div className="failure-notice" role="alert" data-compact={compact || undefined} data-code={failure.code}>
      <CircleAlert size={16} aria-hidden />
      <div className="failure-body">
        <p className="failure-what selectable">{failure.message}</p>
        {failure.why === undefined ? null : <p className="failure-why selectable">{failure.why}</p>}
        {failure.fix === undefined ? null : <Remedy text={failure.fix} />}
        {actions === undefined ? null : <div className="failure-actions">{actions}</div>}
      </div>
    </div>
  );
}

/** What to do about a failure; it can be copied, as it often holds a command. */
export function Remedy({ text }: { readonly text: string }) {
  return (
    <div className="remedy">
      <span className="remedy-label">Fix</span>
      <span className="remedy-text selectable">{text}</span>
      <CopyButton text={text} label="Copy the fix" />
    </div>
  );
}
