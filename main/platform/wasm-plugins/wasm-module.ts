/** What a plugin's module may take from outside; `ask` only where its manifest lists capabilities. */
const FUNCTIONS = new Set(['env.abort', 'cavern.output', 'cavern.progress', 'cavern.ask']);
const MEMORY = 'env.memory';
const IMPORT_SECTION = 2;
const TABLE_SECTION = 4;
const MEMORY_SECTION = 5;
const HEADER_BYTES = 8;
const TABLE_LIMIT = 65_536;
const REFERENCES = new Set([0x70, 0x6f]);
const FUNCTION_IMPORT = 0;

export interface PluginModule {
  readonly module: WebAssembly.Module;
  /** Of the memory that it imports, in pages of 64 KiB. */
  readonly memory: { readonly initial: number; readonly maximum: number };
}

/** Compiles a module and refuses what could get at more than it is given: other imports, a memory of its own, tables without an end. Throws with why. */
export function readModule(bytes: Uint8Array<ArrayBuffer>): PluginModule {
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map(({ module: from, name, kind }) => ({
    name: `${from}.${name}`,
    kind,
  }));
  const foreign = imports.find(({ name, kind }) => !(kind === 'function' ? FUNCTIONS.has(name) : name === MEMORY));
  if (foreign !== undefined) throw new Error(`it imports the ${foreign.kind} "${foreign.name}", which is not offered`);
  if (imports.filter(({ kind }) => kind === 'memory').length !== 1) throw new Error(`it does not import ${MEMORY}`);
  const exported = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  for (const name of ['alloc', 'call']) {
    if (exported.get(name) !== 'function') throw new Error(`it does not export the function "${name}"`);
  }
  let memory: PluginModule['memory'] = { initial: 0, maximum: 0 };
  for (const { id, content } of sections(bytes)) {
    if (id === IMPORT_SECTION) memory = importedMemory(new Reader(content));
    if (id === MEMORY_SECTION) throw new Error('it has a memory of its own, whose size nobody limits');
    if (id === TABLE_SECTION) checkTables(new Reader(content));
  }
  return { module, memory };
}

/** The module has been compiled, so it is well formed: WebAssembly Core Specification 2.0, 5.5. */
function* sections(bytes: Uint8Array): Generator<{ id: number; content: Uint8Array }> {
  const reader = new Reader(bytes.subarray(HEADER_BYTES));
  while (!reader.atEnd) {
    const id = reader.byte();
    yield { id, content: reader.take(reader.number()) };
  }
}

/** What it imports are functions and one memory. */
function importedMemory(reader: Reader): PluginModule['memory'] {
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.take(reader.number());
    reader.take(reader.number());
    if (reader.byte() === FUNCTION_IMPORT) {
      reader.number();
      continue;
    }
    const flags = reader.byte();
    if (flags > 1) throw new Error('its memory is shared, or of 64 bits');
    const initial = reader.number();
    return { initial, maximum: flags === 1 ? reader.number() : Number.POSITIVE_INFINITY };
  }
  throw new Error(`it does not import ${MEMORY}`);
}

function checkTables(reader: Reader): void {
  let entries = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    if (!REFERENCES.has(reader.byte())) throw new Error('it has a table of a kind that is not taken');
    const hasMaximum = reader.byte() === 1;
    reader.number();
    entries += hasMaximum ? reader.number() : Number.POSITIVE_INFINITY;
  }
  if (entries > TABLE_LIMIT) throw new Error(`its tables may grow beyond ${TABLE_LIMIT} entries`);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  take(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** LEB128, unsigned. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
}
