import { Check } from 'lucide-react';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { ScrolledText } from '../../../ui/scrolled-text.tsx';
import { messages } from '../messages.ts';
import { ChangedText } from './changed-text.tsx';
import { type Answer, answered, type Conflict } from './conflict-text.ts';

export interface ConflictCardProps {
  readonly conflict: Conflict;
  readonly index: number;
  readonly count: number;
  readonly isCurrent: boolean;
  readonly answer: Answer | undefined;
  readonly onAnswer: (answer: Answer) => void;
}

const CHOICES = [
  { take: 'workspace', label: messages.takeWorkspace },
  { take: 'session', label: messages.takeSession },
  { take: 'both', label: messages.takeBoth },
] as const;

/** One place that both sides changed: the three texts, and what to take. */
export function ConflictCard({ conflict, index, count, isCurrent, answer, onAnswer }: ConflictCardProps) {
  const result = answer === undefined ? undefined : answered(conflict, answer);
  return (
    <section
      className="conflict-card"
      data-conflict={index}
      data-current={isCurrent || undefined}
      data-answer={answer?.take}
      aria-label={messages.conflictOf(index, count)}
    >
      <header className="conflict-card-head">
        <Badge tone={answer === undefined ? 'bad' : 'good'}>
          {answer === undefined ? null : <Check size={11} aria-hidden />} {messages.conflictOf(index, count)}
        </Badge>
        <span className="grow" />
        {CHOICES.map(({ take, label }) => (
          <Button key={take} size="small" aria-pressed={answer?.take === take} onClick={() => onAnswer({ take })}>
            {label}
          </Button>
        ))}
        <Button
          size="small"
          data-take="text"
          aria-pressed={answer?.take === 'text'}
          onClick={() => onAnswer({ take: 'text', text: result ?? conflict.session })}
        >
          {messages.takeEdited}
        </Button>
      </header>
      <div className="conflict-sides">
        <Side title={messages.conflictWorkspace} base={conflict.base} text={conflict.workspace} side="workspace" />
        <Side title={messages.conflictBase} base={conflict.base} text={conflict.base} side="base" />
        <Side title={messages.conflictSession} base={conflict.base} text={conflict.session} side="session" />
      </div>
      {answer === undefined ? null : (
        <div className="conflict-result">
          <span className="conflict-side-title">{messages.conflictResult}</span>
          {answer.take === 'text' ? (
            <ResultField text={answer.text} onText={(text) => onAnswer({ take: 'text', text })} />
          ) : (
            <ScrolledText>{result === '' ? <em>{messages.conflictEmpty}</em> : result}</ScrolledText>
          )}
        </div>
      )}
    </section>
  );
}

interface SideProps {
  readonly title: string;
  readonly base: string;
  readonly text: string;
  readonly side: 'workspace' | 'base' | 'session';
}

function Side({ title, base, text, side }: SideProps) {
  return (
    <div className="conflict-side" data-side={side}>
      <span className="conflict-side-title">{title}</span>
      <ScrolledText>
        {text === '' ? <em>{messages.conflictEmpty}</em> : <ChangedText base={base} text={text} />}
      </ScrolledText>
    </div>
  );
}

interface ResultFieldProps {
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** Line breaks are kept as they were: a field of the page knows only one kind. */
function ResultField({ text, onText }: ResultFieldProps) {
  const isWindows = text.includes('\r\n');
  const shown = text.replaceAll('\r\n', '\n');
  return (
    <textarea
      className="text-field"
      aria-label={messages.conflictResult}
      rows={Math.min(12, shown.split('\n').length + 1)}
      value={shown}
      autoFocus
      onChange={(event) => onText(isWindows ? event.target.value.replaceAll('\n', '\r\n') : event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
