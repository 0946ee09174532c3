import { type FormEvent, useId, useState } from 'react';
import type { Approval } from '../../../schema/contract/approval.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { mayAnswer } from './approval-groups.ts';
import type { Answer } from './approvals-store.ts';
import { messages } from './messages.ts';

/** An answer that needs one more word from the person. */
export type Asking = 'pattern' | 'until' | undefined;

export interface AnswerBarProps {
  readonly approval: Approval;
  readonly busy: boolean;
  readonly asking: Asking;
  readonly onAsk: (asking: Asking) => void;
  readonly onAnswer: (answer: Answer) => void;
}

/** Every way to answer a question, each with its key. */
export function AnswerBar({ approval, busy, asking, onAsk, onAnswer }: AnswerBarProps) {
  const common = { busy, onAnswer, onCancel: () => onAsk(undefined) };
  if (asking === 'pattern') return <PatternForm approval={approval} {...common} />;
  if (asking === 'until') return <UntilForm approval={approval} {...common} />;
  return (
    <div className="answer-bar">
      <AnswerButton
        tone="primary"
        name="A"
        label={messages.once}
        busy={busy}
        onClick={() => onAnswer({ answer: 'once' })}
      />
      {mayAnswer(approval, 'session') ? (
        <AnswerButton name="S" label={messages.session} busy={busy} onClick={() => onAnswer({ answer: 'session' })} />
      ) : null}
      {mayAnswer(approval, 'pattern') ? (
        <AnswerButton name="P" label={messages.pattern} busy={busy} onClick={() => onAsk('pattern')} />
      ) : null}
      {mayAnswer(approval, 'until') ? (
        <AnswerButton name="U" label={messages.until} busy={busy} onClick={() => onAsk('until')} />
      ) : null}
      <span className="grow" />
      <AnswerButton
        tone="danger"
        name="D"
        label={messages.deny}
        busy={busy}
        onClick={() => onAnswer({ answer: 'deny' })}
      />
    </div>
  );
}

interface AnswerButtonProps {
  readonly tone?: 'primary' | 'danger';
  readonly name: string;
  readonly label: string;
  readonly busy: boolean;
  readonly onClick: () => void;
}

function AnswerButton({ tone, name, label, busy, onClick }: AnswerButtonProps) {
  return (
    <Button
      size="small"
      {...(tone === undefined ? {} : { tone })}
      disabled={busy}
      onClick={onClick}
      aria-keyshortcuts={name.toLowerCase()}
      aria-label={label}
    >
      {label}
      <kbd className="answer-key" data-key={name} aria-hidden />
    </Button>
  );
}

interface FormProps {
  readonly approval: Approval;
  readonly busy: boolean;
  readonly onAnswer: (answer: Answer) => void;
  readonly onCancel: () => void;
}

function PatternForm({ approval, busy, onAnswer, onCancel }: FormProps) {
  const [pathGlob, setPathGlob] = useState(approval.suggestedGlob ?? approval.paths[0] ?? '**');
  const id = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onAnswer({ answer: 'pattern', pathGlob: pathGlob.trim() });
  };
  return (
    <form className="answer-form" onSubmit={submit}>
      <label htmlFor={id}>{messages.patternFor(approval.syscall)}</label>
      <TextField
        id={id}
        className="mono"
        value={pathGlob}
        // The person asked for this field with a key.
        autoFocus
        onChange={(event) => setPathGlob(event.target.value)}
      />
      <FormButtons busy={busy || pathGlob.trim() === ''} label={messages.patternAllow} onCancel={onCancel} />
    </form>
  );
}

const MINUTE_MS = 60_000;
const SPANS = [15, 60, 240, 1440] as const;

function UntilForm({ approval, busy, onAnswer, onCancel }: FormProps) {
  const [minutes, setMinutes] = useState<number>(SPANS[0]);
  const id = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onAnswer({ answer: 'until', until: Date.now() + minutes * MINUTE_MS });
  };
  return (
    <form className="answer-form" onSubmit={submit}>
      <label htmlFor={id}>{messages.untilFor(approval.syscall)}</label>
      <select
        id={id}
        className="select-field"
        value={minutes}
        // The person asked for this field with a key.
        autoFocus
        onChange={(event) => setMinutes(Number(event.target.value))}
      >
        {SPANS.map((span) => (
          <option key={span} value={span}>
            {messages.span(span)}
          </option>
        ))}
      </select>
      <FormButtons busy={busy} label={messages.untilAllow} onCancel={onCancel} />
    </form>
  );
}

interface FormButtonsProps {
  readonly busy: boolean;
  readonly label: string;
  readonly onCancel: () => void;
}

function FormButtons({ busy, label, onCancel }: FormButtonsProps) {
  return (
    <>
      <Button size="small" tone="primary" type="submit" disabled={busy}>
        {label}
      </Button>
      <Button size="small" onClick={onCancel}>
        {messages.cancel}
      </Button>
    </>
  );
}
