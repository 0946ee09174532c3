import type { CallDescription } from '../../../schema/contract/call-descriptions.ts';
import { type FormSchema, formSchemaOf } from '../../ui/json-schema.ts';

/** What a member of an input may be: a value, and what a person knows it by. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface ChoiceSource {
  /** The area of the call that is to be made. */
  readonly own: string;
  /** Lists everything of an area: `session`, `task`. */
  readonly list: (area: string, input: Record<string, unknown>) => Promise<unknown>;
  readonly calls: readonly CallDescription[];
}

/**
 * Which things a form can offer: a member that is named like an area, and is asked for by its id, is one of what the area lists.
 * The session that is asked for as well says whose.
 */
export async function choicesFor(
  schema: FormSchema,
  input: Record<string, unknown>,
  { own, list, calls }: ChoiceSource,
): Promise<Readonly<Record<string, readonly Choice[]>>> {
  const found = await Promise.all(
    Object.entries(schema.properties ?? {}).map(async ([name, field]): Promise<[string, readonly Choice[]]> => {
      const area = areaOf(name, field, own);
      const listing = calls.find((call) => call.name === `${area}.list`);
      if (field.type !== 'string' || listing === undefined) return [name, []];
      if (wantsSession(listing) && typeof input['session'] !== 'string') return [name, []];
      const asked = wantsSession(listing) ? { session: input['session'] } : {};
      return [name, choicesIn(await list(area, asked).catch(() => undefined))];
    }),
  );
  return Object.fromEntries(found.filter(([, choices]) => choices.length > 0));
}

/** The schema with what can be chosen in the place of what would have to be typed. */
export function withChoices(schema: FormSchema, choices: Readonly<Record<string, readonly Choice[]>>): FormSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const offered = choices[name];
    if (offered === undefined) return [name, field] as const;
    const { description } = field;
    const oneOf = offered.map(({ value, label }) => ({ const: value, title: label }));
    return [name, { ...(description === undefined ? {} : { description }), oneOf }] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** A member is named like the area that it is of; `id` is of the call's own, and tools go by their names. */
function areaOf(name: string, { description }: FormSchema, own: string): string {
  if (name === 'id') return own;
  return description?.startsWith('A tool,') ? 'tool' : name;
}

function wantsSession({ input }: CallDescription): boolean {
  return formSchemaOf(input).required?.includes('session') ?? false;
}

/** The first list in an answer: `{ sessions: [{ id, name }] }`. */
function choicesIn(answer: unknown): Choice[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const list = Object.values(answer).find((value) => Array.isArray(value));
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => choiceOf(one));
}

const TELLING = ['name', 'title', 'summary', 'syscall', 'workspace', 'state'] as const;

function choiceOf(one: unknown): Choice[] {
  if (typeof one !== 'object' || one === null) return [];
  const fields = new Map<string, unknown>(Object.entries(one));
  const value = fields.get('id') ?? fields.get('name');
  if (typeof value !== 'string') return [];
  const told = TELLING.map((key) => fields.get(key)).find((text) => typeof text === 'string' && text !== value);
  return [{ value, label: typeof told === 'string' ? `${told} (${value})` : value }];
}
