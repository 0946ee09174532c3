import type { ReactNode } from 'react';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import type { PastedText } from './input/pasted-text.ts';
import { messages } from './messages.ts';

/** What a terminal does only after somebody has said so. */
export type TerminalQuestion =
  | { readonly about: 'paste'; readonly pasted: PastedText }
  | { readonly about: 'address'; readonly url: string }
  | { readonly about: 'clipboard'; readonly text: string };

export interface TerminalQuestionDialogProps {
  readonly question: TerminalQuestion | undefined;
  readonly onClose: () => void;
  readonly onYes: (question: TerminalQuestion) => void;
}

/** Longer texts are shown by their beginning. */
const SHOWN_CHARACTERS = 2000;

export function TerminalQuestionDialog({ question, onClose, onYes }: TerminalQuestionDialogProps) {
  if (question === undefined) return null;
  const { title, confirm, text, shown } = wordsOf(question);
  return (
    <ConfirmDialog open title={title} confirmLabel={confirm} onClose={onClose} onConfirm={() => onYes(question)}>
      <p>{text}</p>
      <Shown text={shown} />
    </ConfirmDialog>
  );
}

function Shown({ text }: { readonly text: string }): ReactNode {
  const characters = text.slice(0, SHOWN_CHARACTERS);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text is scrolled by keys
    <pre className="terminal-question-text selectable mono" tabIndex={0}>
      {characters}
      {characters.length < text.length ? '…' : ''}
    </pre>
  );
}

function wordsOf(question: TerminalQuestion): { title: string; confirm: string; text: string; shown: string } {
  if (question.about === 'address') return { ...messages.address, shown: question.url };
  if (question.about === 'clipboard') return { ...messages.clipboard, shown: question.text };
  const { text, lines, concern } = question.pasted;
  const { paste } = messages;
  return {
    title: paste.title(lines),
    confirm: paste.confirm,
    text: concern === 'control' ? paste.control : paste.lines,
    shown: text,
  };
}
