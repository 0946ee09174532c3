import type { Redactor } from './redactor.ts';

/** A secret whose text is known. */
export interface KnownSecret {
  /** Appears in `[redacted:<name>]`. */
  readonly name: string;
  readonly value: string;
}

/** Redacts what `inner` does, and these very texts wherever they stand: as they are, in JSON, in an address, in base64. */
export function redactorWith(known: readonly KnownSecret[], inner: Redactor): Redactor {
  if (known.length === 0) return inner;
  const forms = new KnownForms(known);
  const redact = (text: string): string => inner.redact(forms.replace(text));
  const redactValue = (value: unknown): unknown => inner.redactValue(replaceDeep(value, (text) => forms.replace(text)));
  return {
    redact,
    redactValue,
    stream() {
      const [pieces, rest] = [new KnownStream(forms), inner.stream()];
      return {
        push: (chunk) => rest.push(pieces.push(chunk)),
        end: () => rest.push(pieces.end()) + rest.end(),
      };
    },
  };
}

/** Every way in which a known secret is looked for. */
class KnownForms {
  readonly #names: ReadonlyMap<string, string>;
  readonly #pattern: RegExp;
  /** A cheap first look: most text holds none. */
  readonly #starts: ReadonlySet<string>;
  readonly longest: number;

  constructor(known: readonly KnownSecret[]) {
    const names = new Map<string, string>();
    for (const { name, value } of known) for (const form of formsOf(value)) names.set(form, name);
    // The longest first: one secret may begin with another.
    const forms = [...names.keys()].sort((a, b) => b.length - a.length);
    this.#names = names;
    this.#pattern = new RegExp(forms.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g');
    this.#starts = new Set(forms.map((form) => form.charAt(0)));
    this.longest = forms[0]?.length ?? 0;
  }

  replace(text: string): string {
    return text.replaceAll(this.#pattern, (form) => this.#mark(form));
  }

  /** All that begins before `limit`; where the last one ends is how far it got. */
  replaceBefore(text: string, limit: number): { readonly ready: string; readonly end: number } {
    let [ready, end] = ['', 0];
    for (const match of text.matchAll(this.#pattern)) {
      if (match.index >= limit) break;
      ready += text.slice(end, match.index) + this.#mark(match[0]);
      end = match.index + match[0].length;
    }
    const to = Math.max(end, limit);
    return { ready: ready + text.slice(end, to), end: to };
  }

  /** Where a secret begins that may go on behind the end of the text; its length where none does. */
  openFrom(text: string): number {
    for (let at = Math.max(0, text.length - this.longest + 1); at < text.length; at += 1) {
      if (this.#starts.has(text.charAt(at)) && this.#isBeginning(text.slice(at))) return at;
    }
    return text.length;
  }

  #isBeginning(text: string): boolean {
    for (const form of this.#names.keys()) if (form.length > text.length && form.startsWith(text)) return true;
    return false;
  }

  #mark(form: string): string {
    return `[redacted:${this.#names.get(form) ?? 'secret'}]`;
  }
}

class KnownStream {
  readonly #forms: KnownForms;
  #held = '';

  constructor(forms: KnownForms) {
    this.#forms = forms;
  }

  push(chunk: string): string {
    const text = this.#held + chunk;
    const { ready, end } = this.#forms.replaceBefore(text, this.#forms.openFrom(text));
    this.#held = text.slice(end);
    return ready;
  }

  end(): string {
    const rest = this.#forms.replace(this.#held);
    this.#held = '';
    return rest;
  }
}

function formsOf(value: string): ReadonlySet<string> {
  const bytes = Buffer.from(value, 'utf8');
  return new Set([
    value,
    // Output that comes in bytes is looked at with one character a byte.
    bytes.toString('latin1'),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ]);
}

function replaceDeep(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => replaceDeep(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [replace(name), replaceDeep(item, replace)]));
}
