import canonicalize from 'canonicalize';

type Data = Readonly<Record<string, unknown>>;

/** The forms of data that many records share. */
const fixedForms = new WeakMap<object, string>();

/** Data that many records share: frozen through and through, and its canonical form is made only once. */
export function fixedData<T extends Data>(data: T): T {
  freeze(data);
  fixedForms.set(data, canonicalData(data));
  return data;
}

/**
 * The canonical JSON (RFC 8785) of a record's data. Throws TypeError for what a record cannot hold: absent is absent, never
 * null, and every number is an integer that a double holds exactly.
 */
export function canonicalData(data: Data): string {
  const fixed = fixedForms.get(data);
  if (fixed !== undefined) return fixed;
  const quick = quickForm(data);
  if (quick !== undefined && !quick.includes('\\ud')) return quick;
  refuseUnsuitable(data);
  return canonicalJson(data);
}

/** Canonical JSON (RFC 8785) of any value; throws TypeError where there is none. */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new TypeError('Cannot write canonical JSON: a string or number has no canonical form', { cause });
  }
  if (text === undefined) throw new TypeError('Cannot write canonical JSON: the value has no JSON form');
  return text;
}

/**
 * The form of what records nearly always hold: texts, integers, yes and no, lists and plain objects of them. Undefined where
 * anything else is in it; an escape of a surrogate may be one that stands alone.
 */
function quickForm(value: unknown): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return quickList(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? quickObject(value as Data) : undefined; // an object has members
}

function quickList(items: readonly unknown[]): string | undefined {
  let text = '[';
  for (const item of items) {
    const form = quickForm(item);
    if (form === undefined) return undefined;
    text += text === '[' ? form : `,${form}`;
  }
  return `${text}]`;
}

function quickObject(members: Data): string | undefined {
  if ('toJSON' in members) return undefined;
  let text = '{';
  // The order of RFC 8785 is that of UTF-16 units, as is this one.
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (value === undefined) continue;
    const form = quickForm(value);
    if (form === undefined) return undefined;
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${form}`;
  }
  return `${text}}`;
}

function refuseUnsuitable(value: unknown): void {
  if (value === null) throw new TypeError('Cannot record the data: it holds a null');
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new TypeError('Cannot record the data: it holds a number that is not a safe integer');
  }
  if (typeof value !== 'object') return;
  for (const inner of Object.values(value)) refuseUnsuitable(inner);
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}
