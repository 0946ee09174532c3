import { Fault } from '../../../schema/fault.ts';

/** Reads the parameters of a request. The kernel is who sends them; what is missing is a mistake, said by name. */
export class Parameters {
  readonly #values: Record<string, unknown>;

  constructor(params: unknown) {
    // Every field is checked as it is read.
    this.#values = typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {};
  }

  text(name: string): string {
    return this.optionalText(name) ?? missing(name, 'a text');
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined || typeof value === 'string' ? value : missing(name, 'a text');
  }

  /** A whole number from 0. */
  count(name: string): number {
    return this.optionalCount(name) ?? missing(name, 'a number');
  }

  optionalCount(name: string): number | undefined {
    const value = this.#values[name];
    if (value === undefined) return undefined;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : missing(name, 'a number');
  }

  /** At least one text. */
  argv(name: string): readonly [string, ...string[]] {
    const value: unknown = this.#values[name];
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
      return missing(name, 'a list of texts');
    const [file, ...rest] = value;
    return file === undefined ? missing(name, 'a list of texts') : [file, ...rest];
  }

  optionalList(name: string): readonly string[] {
    const value: unknown = this.#values[name] ?? [];
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
      return missing(name, 'a list of texts');
    return value;
  }

  optionalTexts(name: string): Readonly<Record<string, string>> {
    const value = this.#values[name];
    if (value === undefined) return {};
    if (typeof value !== 'object' || value === null) return missing(name, 'an object of texts');
    const entries = Object.entries(value).map(([key, text]): [string, string] =>
      typeof text === 'string' ? [key, text] : missing(`${name}.${key}`, 'a text'),
    );
    return Object.fromEntries(entries);
  }

  any(name: string): unknown {
    return this.#values[name];
  }
}

function missing(name: string, kind: string): never {
  throw new Fault('invalid_input', `Cannot answer the request: "${name}" is not ${kind}`);
}
