import type { ValidateFunction } from 'ajv/dist/2020.js';
import { type SchemaProblem, schemaProblems } from '../../../schema/schema-problem.ts';
import { countedValues, type SchemaCost, schemaCost } from './schema-cost.ts';
import { pathsIn, toolSchemaCompiler } from './tool-schema.ts';

type Schema = Record<string, unknown>;

/** What came of holding a value against a schema: with its defaults, and every path in it where they are looked for; or what is wrong with it, and a short one with its defaults. */
export type Checked =
  | { readonly ok: true; readonly value: unknown; readonly paths: readonly string[] }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[]; readonly value?: unknown };

export interface SchemaQuestion {
  /** JSON: a thread knows a schema again by its text. */
  readonly schema: string;
  readonly value: unknown;
  readonly paths: 'looked for' | 'left';
}

/** What a thread does that can be ended. */
export type SchemaOperations = { check(question: SchemaQuestion): Checked };

/**
 * Port: holds a value against a schema of a plugin's author, in a thread of that plugin that is ended where it takes too long or too
 * much memory. Rejects with Fault `schema_too_costly`.
 */
export interface SchemaWork {
  check(plugin: string, question: SchemaQuestion): Promise<Checked>;
}

/** Parts of the schema times values: below it takes some milliseconds at most. */
const NEAR_LIMIT = 200_000;
/** A value of fewer is told all that is wrong with it, in a thread as well. */
const SHORT_VALUES = 1000;
/** Of such schemas as a thread holds. */
const HELD_SCHEMAS = 64;

export interface SchemaCheckOptions {
  /** `trusted`: it came with the program. */
  readonly author: 'trusted' | 'foreign';
  readonly plugin: string;
  /** `all`: every problem is told, for whoever has to mend the value; else the first. */
  readonly tell: 'all' | 'first';
  /** Only of what the policy judges: looking for them takes as long as the check. */
  readonly paths: SchemaQuestion['paths'];
  readonly compile: (schema: Schema) => ValidateFunction;
  readonly work: SchemaWork;
}

/** Holds values against one schema. Whoever wrote both can have that take as long as they like; so what may take long is done elsewhere. */
export class SchemaCheck {
  readonly #schema: Schema;
  readonly #options: SchemaCheckOptions;
  readonly #cost: SchemaCost;
  #validate: ValidateFunction | undefined;
  #text: string | undefined;

  constructor(schema: Schema, options: SchemaCheckOptions) {
    this.#schema = schema;
    this.#options = options;
    this.#cost = schemaCost(schema);
  }

  /** Fills in defaults, in the value itself or in a copy. @throws Fault `schema_too_costly` */
  check(value: unknown): Checked | Promise<Checked> {
    const { compile, work, plugin, paths } = this.#options;
    if (!this.#isNear(value)) {
      this.#text ??= JSON.stringify(this.#schema);
      return work.check(plugin, { schema: this.#text, value, paths });
    }
    this.#validate ??= compile(this.#schema);
    return checked({ schema: this.#schema, validate: this.#validate, paths }, value);
  }

  #isNear(value: unknown): boolean {
    const { author, tell } = this.#options;
    // A list of all that is wrong can be a thousand times as long as what is wrong.
    if (author === 'trusted' && tell === 'first') return true;
    if (author === 'foreign' && this.#cost.isSlow) return false;
    const limit = Math.ceil(NEAR_LIMIT / this.#cost.parts) + 1;
    return countedValues(value, limit) < limit;
  }
}

interface Check extends Pick<SchemaQuestion, 'paths'> {
  readonly schema: Schema;
  readonly validate: ValidateFunction;
}

function checked({ schema, validate, paths }: Check, value: unknown): Checked {
  if (validate(value)) return { ok: true, value, paths: paths === 'left' ? [] : pathsIn(schema, value) };
  const problems = schemaProblems(validate.errors);
  return isShort(value) ? { ok: false, problems, value } : { ok: false, problems };
}

function isShort(value: unknown): boolean {
  return countedValues(value, SHORT_VALUES) < SHORT_VALUES;
}

/** For a thread of its own. */
export function schemaOperations(): SchemaOperations {
  let held = new Map<string, HeldSchema>();
  return {
    check({ schema: text, value, paths }) {
      if (held.size >= HELD_SCHEMAS) held = new Map();
      const known = held.get(text) ?? new HeldSchema(text);
      held.set(text, known);
      const validate = known.validator(isShort(value) ? 'all' : 'first');
      return checked({ schema: known.schema, validate, paths }, value);
    },
  };
}

class HeldSchema {
  readonly schema: Schema;
  readonly #validators = new Map<'all' | 'first', ValidateFunction>();

  constructor(text: string) {
    this.schema = JSON.parse(text) as Schema; // the manifest's schema says that it is an object
  }

  validator(tell: 'all' | 'first'): ValidateFunction {
    const known = this.#validators.get(tell) ?? toolSchemaCompiler(tell)(this.schema);
    this.#validators.set(tell, known);
    return known;
  }
}
