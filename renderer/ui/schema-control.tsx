import { TextField } from './field.tsx';
import { choiceLabel, choicesOf, exampleOf, fieldKindOf, type FormSchema, UnparsedJson } from './json-schema.ts';
import { messages } from './messages.ts';

export interface SchemaControlProps {
  readonly id: string;
  readonly name: string;
  readonly schema: FormSchema;
  readonly required: boolean;
  readonly invalid: boolean;
  readonly value: unknown;
  /** undefined where nothing is set. */
  readonly onChange: (value: unknown) => void;
}

/** The control that fits a field's schema. */
export function SchemaControl(props: SchemaControlProps) {
  switch (fieldKindOf(props.schema, props.name)) {
    case 'choice':
      return <ChoiceControl {...props} />;
    case 'number':
      return <NumberControl {...props} />;
    case 'list':
      return <ListControl {...props} />;
    case 'lines':
      return <LinesControl {...props} />;
    case 'json':
      return <JsonControl {...props} />;
    default:
      return <TextControl {...props} />;
  }
}

/** What every control says of itself to a screen reader. */
function described({ id, required, invalid }: SchemaControlProps) {
  const problem = invalid ? { 'aria-describedby': `${id}-problem` } : {};
  return { id, 'aria-required': required, 'aria-invalid': invalid, ...problem } as const;
}

function ChoiceControl(props: SchemaControlProps) {
  const choices = choicesOf(props.schema);
  return (
    <select
      {...described(props)}
      className="select-field"
      value={plainTextOf(props.value)}
      onChange={(event) => props.onChange(choices.find((choice) => String(choice) === event.target.value))}
    >
      <option value="">{props.required ? messages.choose : messages.notSet}</option>
      {choices.map((choice) => (
        <option key={choice} value={String(choice)}>
          {choiceLabel(props.schema, choice)}
        </option>
      ))}
    </select>
  );
}

function NumberControl(props: SchemaControlProps) {
  return (
    <TextField
      {...described(props)}
      inputMode="numeric"
      value={plainTextOf(props.value)}
      placeholder={plainTextOf(props.schema.default)}
      onChange={(event) => props.onChange(numberOf(event.target.value))}
    />
  );
}

function ListControl(props: SchemaControlProps) {
  return (
    <textarea
      {...described(props)}
      className="text-area"
      rows={1}
      spellCheck={false}
      value={Array.isArray(props.value) ? props.value.join('\n') : ''}
      onChange={({ target }) => props.onChange(target.value === '' ? undefined : target.value.split('\n'))}
    />
  );
}

function LinesControl(props: SchemaControlProps) {
  return (
    <textarea
      {...described(props)}
      className="text-area text-area-tall"
      spellCheck={false}
      value={plainTextOf(props.value)}
      onChange={({ target }) => props.onChange(target.value === '' && !props.required ? undefined : target.value)}
    />
  );
}

function JsonControl(props: SchemaControlProps) {
  return (
    <textarea
      {...described(props)}
      className="text-area"
      spellCheck={false}
      placeholder={`JSON: ${JSON.stringify(exampleOf(props.schema), null, 2)}`}
      value={jsonTextOf(props.value)}
      onChange={(event) => props.onChange(jsonOf(event.target.value))}
    />
  );
}

function TextControl(props: SchemaControlProps) {
  return (
    <TextField
      {...described(props)}
      type={props.schema.format === 'password' ? 'password' : 'text'}
      className={props.schema.format === undefined ? '' : 'mono'}
      value={plainTextOf(props.value)}
      placeholder={plainTextOf(props.schema.default)}
      onChange={({ target }) => props.onChange(target.value === '' ? undefined : target.value)}
    />
  );
}

/** A plain value as it is typed; nothing for what is not plain. */
function plainTextOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
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
    return new UnparsedJson(text, messages.notJson);
  }
}
