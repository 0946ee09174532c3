import { settingsSchema } from 'virtual:settings-schema';
import { useState } from 'react';
import type { Settings } from '../../../schema/contract/app.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { formSchemaOf } from '../../ui/json-schema.ts';
import { problemsOf } from '../../ui/schema-validation.ts';
import { messages } from './messages.ts';

const SCHEMA = formSchemaOf(settingsSchema);

/** The file itself, held against the schema before it is saved. */
export function SettingsJson({ settings }: { readonly settings: Settings }) {
  const { settings: store, notices } = useServices();
  const kept = JSON.stringify(settings, null, 2);
  const [typed, setTyped] = useState<string>();
  const text = typed ?? kept;
  const { value, problem } = read(text);
  const save = async (): Promise<void> => {
    if (value === undefined) return;
    setTyped(undefined);
    await store.change(value);
    notices.tell(messages.saved);
  };
  return (
    <section className="settings-json">
      <p className="muted">{messages.jsonLead}</p>
      <textarea
        className="text-area selectable"
        aria-label={messages.jsonLabel}
        aria-invalid={problem !== undefined}
        aria-describedby="settings-json-problem"
        spellCheck={false}
        value={text}
        onChange={({ target }) => setTyped(target.value)}
      />
      <div className="settings-json-foot">
        <p className="field-problem grow" id="settings-json-problem" role="status">
          {problem}
        </p>
        <Button disabled={typed === undefined} onClick={() => setTyped(undefined)}>
          {messages.revert}
        </Button>
        <Button
          tone="primary"
          disabled={typed === undefined || text === kept || problem !== undefined}
          onClick={() => void save()}
        >
          {messages.save}
        </Button>
      </div>
    </section>
  );
}

function read(text: string): { readonly value?: Settings; readonly problem?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return { problem: messages.notJson(thrown instanceof Error ? thrown.message : String(thrown)) };
  }
  const [first] = Object.entries(problemsOf(SCHEMA, value));
  // It was held against the schema of settings.
  return first === undefined ? { value: value as Settings } : { problem: messages.wrong(...first) };
}
