import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import type { Area, Member } from '../../../schema/contract/contract.ts';

export interface MemberValidators {
  readonly input: ValidateFunction;
  readonly output: ValidateFunction;
}

/** Compiles each member's validators when it is first called: a start pays only for what it uses. */
export class ContractValidators {
  readonly #ajv = new Ajv2020({
    strict: true,
    // Compiling the meta-schema takes longer than a start; a test holds the whole contract against it.
    meta: false,
    validateSchema: false,
    allErrors: false,
    useDefaults: true,
    formats: { 'workspace-path': true },
  });
  readonly #members = new Map<string, Member>();
  readonly #compiled = new Map<string, MemberValidators>();

  constructor(areas: Record<string, Area>) {
    for (const area of Object.values(areas)) {
      for (const [name, member] of Object.entries(area.members)) this.#members.set(`${area.name}.${name}`, member);
    }
  }

  member(method: string): Member | undefined {
    return this.#members.get(method);
  }

  methods(): IterableIterator<string> {
    return this.#members.keys();
  }

  /** Throws when the method is not of the contract. */
  of(method: string): MemberValidators {
    const known = this.#compiled.get(method);
    if (known) return known;
    const member = this.#members.get(method);
    if (member === undefined) throw new RangeError(`No such call: ${method}`);
    const output: TSchema = member.kind === 'call' ? member.output : member.event;
    const validators = { input: this.#ajv.compile(member.input), output: this.#ajv.compile(output) };
    this.#compiled.set(method, validators);
    return validators;
  }
}

/** A JSON pointer to the mistake: also to a member that is missing, or is there and should not be. */
export function pointerOf({ instancePath, keyword, params }: ErrorObject): string {
  const name: unknown =
    keyword === 'required'
      ? params['missingProperty']
      : keyword === 'additionalProperties'
        ? params['additionalProperty']
        : undefined;
  return typeof name === 'string'
    ? `${instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    : instancePath;
}

/** One line for a person: where it is wrong and how. */
export function describeErrors(errors: readonly ErrorObject[] | null | undefined): string {
  if (!errors || errors.length === 0) return 'it is not of the expected form';
  return errors
    .map((error) => {
      const extra = error.keyword === 'additionalProperties' ? `: ${String(error.params['additionalProperty'])}` : '';
      return `${error.instancePath === '' ? 'the input' : error.instancePath} ${error.message ?? 'is wrong'}${extra}`;
    })
    .join('; ');
}
