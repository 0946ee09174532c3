import { Play } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { Tool } from '../../../schema/entities.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { formSchemaOf, initialValue } from '../../ui/json-schema.ts';
import { SchemaForm } from '../../ui/schema-form.tsx';
import { type Problems, problemsOf } from '../../ui/schema-validation.ts';
import { messages } from './messages.ts';

export interface ToolFormProps {
  readonly tool: Tool;
  readonly input: Record<string, unknown> | undefined;
  readonly runnable: boolean;
  readonly onInput: (input: Record<string, unknown>) => void;
  readonly onRun: (input: Record<string, unknown>) => void;
}

const EFFECT_TONES: Record<Tool['effects'][number], Tone> = { read: 'neutral', write: 'warn', network: 'review' };

/** What a tool does and the form that its schema makes; Ctrl+Enter runs it. */
export function ToolForm({ tool, input, runnable, onInput, onRun }: ToolFormProps) {
  const schema = formSchemaOf(tool.input);
  const value = input ?? initialValue(schema);
  const [problems, setProblems] = useState<Problems>({});

  const run = (): void => {
    const found = problemsOf(schema, value);
    setProblems(found);
    if (Object.keys(found).length === 0 && runnable) onRun(value);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  };
  return (
    <form
      className="tool-form"
      aria-label={tool.name}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <About tool={tool} runnable={runnable} />
      {runnable ? null : <p className="tool-not-running">{messages.notRunning}</p>}
      {problems[''] === undefined ? null : <p className="field-problem">{problems['']}</p>}
      <SchemaForm
        schema={schema}
        value={value}
        problems={problems}
        onChange={(next) => {
          setProblems({});
          onInput(next);
        }}
      />
    </form>
  );
}

function About({ tool, runnable }: { readonly tool: Tool; readonly runnable: boolean }) {
  return (
    <header className="tool-about">
      <div className="tool-title">
        <h2 className="mono truncate">{tool.name}</h2>
        {tool.effects.map((effect) => (
          <Badge key={effect} tone={EFFECT_TONES[effect]}>
            {messages.effects[effect]}
          </Badge>
        ))}
        <span className="grow" />
        <Button tone="primary" size="small" type="submit" icon={Play} disabled={!runnable} title={messages.runKeys}>
          {messages.run}
        </Button>
      </div>
      <p className="muted selectable">{tool.description}</p>
    </header>
  );
}
