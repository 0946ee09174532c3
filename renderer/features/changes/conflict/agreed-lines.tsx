import { useState } from 'react';
import { ScrolledText } from '../../../ui/scrolled-text.tsx';
import { messages } from '../messages.ts';

const MARGIN = 3;

/** Lines without a conflict: the first and last few, and all of them on a press. */
export function AgreedLines({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const hidden = lines.length - 2 * MARGIN;
  if (isOpen || hidden <= 1) return <ScrolledText className="agreed">{lines.join('\n')}</ScrolledText>;
  return (
    <>
      <ScrolledText className="agreed">{lines.slice(0, MARGIN).join('\n')}</ScrolledText>
      <button type="button" className="agreed-more" onClick={() => setOpen(true)}>
        {messages.unchangedLines(hidden)}
      </button>
      <ScrolledText className="agreed">{lines.slice(-MARGIN).join('\n')}</ScrolledText>
    </>
  );
}
