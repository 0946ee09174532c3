import { defaultSettings, settingsSchema } from 'virtual:settings-schema';
import { RotateCcw, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Settings } from '../../../schema/contract/app.ts';
import { useServices } from '../../app/services.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formSchemaOf } from '../../ui/json-schema.ts';
import { SchemaForm } from '../../ui/schema-form.tsx';
import { type Problems, problemsOf } from '../../ui/schema-validation.ts';
import { messages } from './messages.ts';
import { type SettingField, settingGroups } from './setting-groups.ts';
import { SettingsDraft } from './settings-draft.ts';

const SCHEMA = formSchemaOf(settingsSchema);
const DEFAULTS: Readonly<Record<string, unknown>> = { ...defaultSettings };

export interface SettingsFormProps {
  readonly settings: Settings;
  readonly text: string;
  readonly onClear: () => void;
}

/** A field for each setting, saved as it is changed; what is not as usual can be put back. */
export function SettingsForm({ settings, text, onClear }: SettingsFormProps) {
  const { settings: store } = useServices();
  const [draft] = useState(
    () => new SettingsDraft({ settings, schema: SCHEMA, problemsOf, save: (change) => void store.change(change) }),
  );
  useEffect(() => () => draft.flush(), [draft]);
  // Elsewhere too settings are changed: by the menu of themes, by keys.
  useEffect(() => draft.store.setState(({ values }) => ({ values: { ...values, ...settings } })), [draft, settings]);
  const { values, problems } = useStore(draft.store);
  const groups = settingGroups(SCHEMA, text);
  if (groups.length === 0) {
    return (
      <EmptyState icon={Search} title={messages.none} actions={<Button onClick={onClear}>{messages.clear}</Button>}>
        {messages.noneText}
      </EmptyState>
    );
  }
  return groups.map(({ title, fields }) => (
    <section key={title} className="settings-group">
      <h2>{title}</h2>
      {fields.map((field) => (
        <Setting
          key={field.name}
          field={field}
          value={values[field.name]}
          problems={problems}
          onChange={(value) => draft.set(field.name, value)}
        />
      ))}
    </section>
  ));
}

interface SettingProps {
  readonly field: SettingField;
  readonly value: unknown;
  readonly problems: Problems;
  readonly onChange: (value: unknown) => void;
}

function Setting({ field: { name, label, schema }, value, problems, onChange }: SettingProps) {
  const isUsual = JSON.stringify(value) === JSON.stringify(DEFAULTS[name]);
  return (
    <div className="setting" data-setting={name} data-changed={!isUsual || undefined}>
      <SchemaForm
        schema={{ type: 'object', required: [name], properties: { [name]: schema } }}
        value={value === undefined ? {} : { [name]: value }}
        problems={problems}
        // A text that is emptied is an empty text: a setting is never absent.
        onChange={(next) => onChange(next[name] ?? (schema.type === 'string' ? '' : emptyOf(schema.type)))}
      />
      {isUsual ? null : (
        <IconButton icon={RotateCcw} label={messages.reset(label)} onClick={() => onChange(DEFAULTS[name])} />
      )}
    </div>
  );
}

function emptyOf(type: unknown): unknown {
  return type === 'array' ? [] : undefined;
}
