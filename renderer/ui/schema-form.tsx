import { useId } from 'react';
import { Checkbox, Field, TextField } from './field.tsx';
import { type FormSchema, UnparsedJson, choicesOf, fieldKindOf, formSchemaOf, labelOf } from './json-schema.ts';
import type { Problems } from './schema-validation.ts';
import './schema-form.css';

export interface SchemaFormProps {
  readonly schema: FormSchema;
  readonly value: Readonly<Record<string, unknown>>;
  readonly problems: Problems;
  readonly onChange: (value: Record<string, unknown>) => void;
  /** Where this part stands in the whole: `''` or `options.`. */
  readonly prefix?: string;
}

/** A form made from a JSON Schema: required fields first, each with its description and its problem. */
export function SchemaForm({ schema, value, problems, onChange, prefix = '' }: SchemaFormProps) {
  const required = new Set(schema.required ?? []);
  const names = Object.keys(schema.properties ?? {}).sort((a, b) => Number(required.has(b)) - Number(required.has(a)));
  const set = (name: string, next: unknown): void => {
    const { [name]: _former, ...others } = value;
    onChange(next === undefined ? others : { ...others, [name]: next });
  };
  return (
    <div className="schema-form">
      {names.map((name) => (
        <SchemaField
          key={name}
          name={name}
          path={`${prefix}${name}`}
          schema={formSchemaOf(schema.properties?.[name])}
          required={required.has(name)}
          value={value[name]}
          problems={problems}
          onChange={(next) => set(name, next)}
        />
      ))}
    </div>
  );
}

interface SchemaFieldProps {
  readonly name: string;
  readonly path: string;
  readonly schema: FormSchema;
  readonly required: boolean;
  readonly value: unknown;
  readonly problems: Problems;
  readonly onChange: (value: unknown) => void;
}

function SchemaField(props: SchemaFieldProps) {
  const { name, path, schema, required, value, problems, onChange } = props;
  const id = useId();
  const kind = fieldKindOf(schema, name);
  const label = labelOf(name, schema);
  const hint = kind === 'list' ? [schema.description, 'One per line'].filter(Boolean).join('. ') : schema.description;
  if (kind === 'boolean') {
    return (
      <div className="schema-boolean">
        <Checkbox
          id={id}
          checked={value === true}
          label={label}
          onChange={(checked) => onChange(checked || required ? checked : undefined)}
        />
        {hint === undefined ? null : <p className="field-hint">{hint}</p>}
      </div>
    );
  }
  if (kind === 'group') {
    // The kind says that it holds an object, or nothing yet.
    const inner = (value ?? {}) as Record<string, unknown>;
    return (
      <fieldset className="schema-group">
        <legend>{label}</legend>
        <SchemaForm schema={schema} value={inner} problems={problems} onChange={onChange} prefix={`${path}.`} />
      </fieldset>
    );
  }
  return (
    <Field label={label} htmlFor={id} required={required} hint={hint} problem={problems[path]}>
      <Control {...props} id={id} />
    </Field>
  );
}

function Control({
  id,
  name,
  path,
  schema,
  required,
  value,
  problems,
  onChange,
}: SchemaFieldProps & { readonly id: string }) {
  const about = problems[path] === undefined ? undefined : `${id}-problem`;
  const shared = {
    id,
    'aria-describedby': about,
    'aria-required': required,
    'aria-invalid': about !== undefined,
  } as const;
  switch (fieldKindOf(schema, name)) {
    case 'choice':
      return (
        <select
          {...shared}
          className="select-field"
          value={plainTextOf(value)}
          onChange={(event) => onChange(choicesOf(schema).find((choice) => String(choice) === event.target.value))}
        >
          <option value="">{required ? 'Choose…' : 'Not set'}</option>
          {choicesOf(schema).map((choice) => (
            <option key={choice} value={String(choice)}>
              {choice}
            </option>
          ))}
        </select>
      );
    case 'number':
      return (
        <TextField
          {...shared}
          inputMode="numeric"
          value={plainTextOf(value)}
          placeholder={placeholderOf(schema)}
          onChange={(event) => onChange(numberOf(event.target.value))}
        />
      );
    case 'list':
      return (
        <textarea
          {...shared}
          className="text-area"
          rows={1}
          spellCheck={false}
          value={Array.isArray(value) ? value.join('\n') : ''}
          onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value.split('\n'))}
        />
      );
    case 'lines':
      return (
        <textarea
          {...shared}
          className="text-area text-area-tall"
          rows={4}
          spellCheck={false}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value === '' && !required ? undefined : event.target.value)}
        />
      );
    case 'json':
      return (
        <textarea
          {...shared}
          className="text-area"
          rows={3}
          spellCheck={false}
          placeholder="JSON"
          value={jsonTextOf(value)}
          onChange={(event) => onChange(jsonOf(event.target.value))}
        />
      );
    default:
      return (
        <TextField
          {...shared}
          className={schema.format === undefined ? '' : 'mono'}
          value={typeof value === 'string' ? value : ''}
          placeholder={placeholderOf(schema)}
          onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
        />
      );
  }
}

/** A plain value as it is typed; nothing for what is not plain. */
function plainTextOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function placeholderOf(schema: FormSchema): string | undefined {
  const text = plainTextOf(schema.default);
  return text === '' ? undefined : text;
}

/** What cannot be a number stays text, so that the schema refuses it where the person sees it. */
function numberOf(text: string): unknown {
  if (text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isNaN(value) ? text : value;
}

function jsonTextOf(value: unknown): string {
  if (value === undefined) return '';
  return value instanceof UnparsedJson ? value.text : JSON.stringify(value, null, 2);
}

function jsonOf(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return new UnparsedJson(text, 'Not JSON yet');
  }
}
