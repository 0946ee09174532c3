import { type FormEvent, useEffect, useState } from 'react';
import type { Failure } from '../../../../schema/entities.ts';
import { failureOf } from '../../../app/failure.ts';
import { useServices } from '../../../app/services.tsx';
import { Button } from '../../../ui/button.tsx';
import { FailureNotice } from '../../../ui/failure-notice.tsx';
import { type FormSchema, formSchemaOf } from '../../../ui/json-schema.ts';
import { SchemaForm } from '../../../ui/schema-form.tsx';
import { type Problems, problemsOf } from '../../../ui/schema-validation.ts';
import { Spinner } from '../../../ui/spinner.tsx';
import { messages } from '../messages.ts';
import './settings.css';

interface Form {
  readonly schema: FormSchema;
  readonly values: Record<string, unknown>;
}

/** What the operator may set for a plugin, by the schema that it declares. */
export function SettingsView({ id, name }: { readonly id: string; readonly name: string }) {
  const { client, notices } = useServices();
  const [form, setForm] = useState<Form>();
  const [problems, setProblems] = useState<Problems>({});
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    client.plugin.settings({ id }, { signal: abort.signal }).then(
      ({ schema, values }) => setForm({ schema: formSchemaOf(schema), values }),
      (thrown: unknown) => (abort.signal.aborted ? undefined : setFailure(failureOf(thrown))),
    );
    return () => abort.abort();
  }, [client, id]);
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (form === undefined) return;
    const found = problemsOf(form.schema, form.values);
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      const { values } = await client.plugin.configure({ id, values: form.values }, { review: 'approve' });
      setForm({ ...form, values });
      setFailure(undefined);
      notices.tell(messages.settingsSaved(name));
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  if (form === undefined) return failure ? <FailureNotice failure={failure} /> : <Spinner />;
  return (
    <form className="plugin-settings" aria-label={messages.tabs.settings} onSubmit={(event) => void save(event)}>
      <p className="muted">{messages.settingsText}</p>
      {problems[''] === undefined ? null : <p className="field-problem">{problems['']}</p>}
      <SchemaForm
        schema={form.schema}
        value={form.values}
        problems={problems}
        onChange={(values) => {
          setProblems({});
          setForm({ ...form, values });
        }}
      />
      {failure ? <FailureNotice failure={failure} compact /> : null}
      <div>
        <Button tone="primary" type="submit" busy={busy}>
          {messages.save}
        </Button>
      </div>
    </form>
  );
}
