import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Failure } from '../../schema/entities.ts';
import { CopyButton } from './copy-button.tsx';
import { inWords } from './failure-words.ts';
import { messages } from './messages.ts';
import { PathText } from './path-text.tsx';
import './failure-notice.css';

export interface FailureNoticeProps {
  readonly failure: Failure;
  /** Buttons that do something about it. */
  readonly actions?: ReactNode;
  readonly compact?: boolean;
}

/** A failure as three lines: what happened, why, what to do. */
export function FailureNotice({ failure: said, actions, compact }: FailureNoticeProps) {
  const failure = inWords(said);
  return (
    <div className="failure-notice" role="alert" data-compact={compact || undefined} data-code={failure.code}>
      <CircleAlert size={16} aria-hidden />
      <div className="failure-body">
        <p className="failure-what selectable">
          <PathText text={failure.message} />
        </p>
        {failure.why === undefined ? null : (
          <p className="failure-why selectable">
            <PathText text={failure.why} />
          </p>
        )}
        {failure.fix === undefined ? null : <Remedy text={failure.fix} />}
        {actions === undefined ? null : <div className="failure-actions">{actions}</div>}
      </div>
    </div>
  );
}

/** What to do about a failure. Commands stand in backticks, or are all of it; they can be copied, sentences are read. */
export function Remedy({ text }: { readonly text: string }) {
  const parts = text.split('`');
  const commands = parts.filter((_, index) => index % 2 === 1);
  const isProse = commands.length > 0 || /[.!?]$/.test(text.trim());
  return (
    <div className="remedy">
      <span className="remedy-label">{messages.fix}</span>
      <span className={isProse ? 'remedy-text selectable' : 'remedy-text remedy-command selectable'}>
        {parts.map((part, index) =>
          index % 2 === 1 ? (
            <code key={index}>
              <PathText text={part} />
            </code>
          ) : (
            <PathText key={index} text={part} />
          ),
        )}
      </span>
      {commands.length === 0 && isProse ? null : (
        <CopyButton text={commands.length > 0 ? commands.join('\n') : text} label={messages.copyFix} />
      )}
    </div>
  );
}
