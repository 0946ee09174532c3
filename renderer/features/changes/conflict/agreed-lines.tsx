import { useState } from 'react';
import { messages } from '../messages.ts';

const MARGIN = 3;

/** Lines without a conflict: the first and last few, and all of them on a press. */
export function AgreedLines({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const hidden = lines.length - 2 * MARGIN;
  if (isOpen || hidden <= 1) return <pre className="agreed selectable">{lines.join('\n')}</pre>;
  return (
    <>
      <pre className="agreed selectable">{lines.slice(0, MARGIN).join('\n')}</pre>
      <button type="button" className="agreed-more" onClick={() => setOpen(true)}>
        {messages.unchangedLines(hidden)}
      </button>
      <pre className="agreed selectable">{lines.slice(-MARGIN).join('\n')}</pre>
    </>
  );
}
