import { createStore } from 'zustand/vanilla';
import type { Settings } from '../../../schema/contract/app.ts';
import type { FormSchema } from '../../ui/json-schema.ts';
import type { Problems } from '../../ui/schema-validation.ts';

export interface SettingsDraftOptions {
  readonly settings: Settings;
  readonly schema: FormSchema;
  readonly problemsOf: (schema: FormSchema, value: unknown) => Problems;
  readonly save: (change: Partial<Settings>) => void;
}

interface DraftState {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: Problems;
}

/** Typing a number is one change, not three. */
const SAVE_DELAY_MS = 350;

/** What is typed into the form: shown as it is, saved as soon as it is right. */
export class SettingsDraft {
  readonly store;
  readonly #options: SettingsDraftOptions;
  #waiting: Record<string, unknown> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SettingsDraftOptions) {
    this.#options = options;
    this.store = createStore<DraftState>(() => ({ values: { ...options.settings }, problems: {} }));
  }

  set(name: string, value: unknown): void {
    const { schema, problemsOf } = this.#options;
    const found = problemsOf(partOf(schema, name), value === undefined ? {} : { [name]: value });
    const { [name]: _former, ...others } = this.#waiting;
    const isRight = Object.keys(found).length === 0;
    this.#waiting = isRight ? { ...others, [name]: value } : others;
    this.store.setState(({ values, problems }) => ({
      values: { ...values, [name]: value },
      problems: { ...withoutPart(problems, name), ...found },
    }));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SAVE_DELAY_MS);
  }

  /** Saves what is right and not saved yet; whoever leaves the form does. */
  flush(): void {
    clearTimeout(this.#timer);
    const change = this.#waiting;
    this.#waiting = {};
    if (Object.keys(change).length > 0) this.#options.save(change);
  }
}

function partOf(schema: FormSchema, name: string): FormSchema {
  const field = schema.properties?.[name] ?? {};
  return { type: 'object', required: [name], properties: { [name]: field } };
}

function withoutPart(problems: Problems, name: string): Problems {
  return Object.fromEntries(Object.entries(problems).filter(([path]) => path !== name && !path.startsWith(`${name}.`)));
}
