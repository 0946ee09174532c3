import { useId } from 'react';
import { Checkbox, Field } from './field.tsx';
import { fieldKindOf, type FormSchema, formSchemaOf, labelOf } from './json-schema.ts';
import { SchemaControl } from './schema-control.tsx';
import type { Problems } from './schema-validation.ts';
import { messages } from './messages.ts';
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
  const hint =
    kind === 'list' ? [schema.description, messages.onePerLine].filter(Boolean).join('. ') : schema.description;
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
      <SchemaControl {...props} id={id} invalid={problems[path] !== undefined} />
    </Field>
  );
}
