import type { ApprovalDetail } from '../../../schema/contract/approval.ts';
import { messages } from './messages.ts';

/** What there is to look at before an answer: the command, the diff, the text. */
export function ApprovalEvidence({ details }: { readonly details: readonly ApprovalDetail[] }) {
  return (
    <div className="evidence-list">
      {details.map((detail, index) => (
        <figure key={index} className="evidence" data-kind={detail.kind}>
          <figcaption className="mono truncate" title={detail.title}>
            {detail.title}
          </figcaption>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard */}
          <pre className="evidence-text selectable" tabIndex={0} aria-label={detail.title}>
            {detail.kind === 'diff' ? <DiffLines text={detail.text} /> : detail.text}
          </pre>
          {detail.truncated ? <p className="evidence-cut">{messages.cut}</p> : null}
        </figure>
      ))}
    </div>
  );
}

function DiffLines({ text }: { readonly text: string }) {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => (
      <span key={index} className="evidence-line" data-side={sideOf(line)}>
        {line}
        {'\n'}
      </span>
    ));
}

function sideOf(line: string): 'added' | 'removed' | 'place' | undefined {
  if (line.startsWith('@@') || line.startsWith('+++') || line.startsWith('---')) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : undefined;
}
