/** Where a place in a YAML text is: which keys lead there, and what may be written at it. */
export interface YamlPosition {
  /** Keys and, for the items of a list, `*`. For a value its own key is the last; for a key the map it is in. */
  readonly path: readonly string[];
  readonly kind: 'key' | 'value';
  /** What has been typed so far, and where it starts. */
  readonly word: string;
  readonly from: number;
  /** The keys that the map has before this place. */
  readonly siblings: ReadonlySet<string>;
}

export const ITEM = '*';

interface Frame {
  readonly column: number;
  /** A key, or ITEM for `- `. */
  readonly name: string;
  readonly keys: Set<string>;
}

interface FlowFrame {
  readonly open: '{' | '[';
  readonly keys: Set<string>;
  key: string | undefined;
}

const KEY = /^("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*:(?=\s|$)/;
const BLOCK_SCALAR = /^[|>][+-]?\d?\s*(#.*)?$/;

/**
 * Reads the text from its beginning, by indentation and brackets, and says where it stands at the end. It never fails: a
 * text that is half written is the usual case here, and only the part before the cursor counts.
 */
class YamlWalk {
  readonly #blocks: Frame[] = [{ column: -1, name: '', keys: new Set() }];
  readonly #flows: FlowFrame[] = [];
  #word = '';
  #wordStart = 0;
  #scalarColumn: number | undefined;
  #inValue = false;

  line(text: string, start: number): void {
    if (this.#flows.length > 0) return this.#flow(text, start);
    const indent = text.length - text.trimStart().length;
    const isContent = text.trim() !== '';
    if (this.#scalarColumn !== undefined) {
      if (!isContent || indent > this.#scalarColumn) return;
      this.#scalarColumn = undefined;
    }
    if (!isContent || text.trimStart().startsWith('#')) return;
    this.#block(text, start, indent);
  }

  /** The line of the cursor, up to the cursor. */
  last(text: string, start: number): YamlPosition {
    const isInFlow = this.#flows.length > 0;
    if (!isInFlow) {
      this.#pop(text.length - text.trimStart().length, text.trimStart().startsWith('-'));
      this.#word = '';
      this.#wordStart = start + text.length;
      this.#inValue = false;
    }
    if (isInFlow) this.#flow(text, start);
    else this.#block(text, start, text.length - text.trimStart().length);
    return this.#position();
  }

  #pop(column: number, isItem: boolean): void {
    while (this.#blocks.length > 1) {
      const top = this.#blocks.at(-1);
      if (top === undefined || top.column < column) return;
      // A list may stand at the column of the key that it belongs to.
      if (isItem && top.column === column && top.name !== ITEM) return;
      this.#blocks.pop();
    }
  }

  #block(text: string, start: number, indent: number): void {
    let column = indent;
    let rest = text.slice(column);
    this.#inValue = false;
    while (/^-(\s|$)/.test(rest)) {
      this.#pop(column, true);
      this.#blocks.push({ column, name: ITEM, keys: new Set() });
      const skipped = 1 + (rest.slice(1).length - rest.slice(1).trimStart().length);
      column += skipped;
      rest = rest.slice(skipped);
    }
    const key = KEY.exec(rest);
    this.#pop(column, false);
    if (key === null) {
      this.#setWord(rest, start + column);
      if (rest.startsWith('{') || rest.startsWith('[')) this.#flow(rest, start + column);
      return;
    }
    const name = unquoted(key[1] ?? '');
    this.#blocks.at(-1)?.keys.add(name);
    this.#blocks.push({ column, name, keys: new Set() });
    const after = rest.slice(key[0].length);
    const value = after.trimStart();
    this.#inValue = true;
    if (BLOCK_SCALAR.test(value)) this.#scalarColumn = column;
    const valueStart = start + column + key[0].length + (after.length - value.length);
    this.#setWord(value, valueStart);
    if (value.startsWith('{') || value.startsWith('[')) this.#flow(value, valueStart);
  }

  #setWord(text: string, start: number): void {
    this.#word = text;
    this.#wordStart = start;
  }

  #flow(text: string, start: number): void {
    let quote = '';
    this.#setWord('', start);
    for (let index = 0; index < text.length; index++) {
      const char = text.charAt(index);
      if (quote !== '') {
        if (char === quote) quote = '';
        this.#word += char;
      } else if (char === '#' && /\s|^$/.test(text.charAt(index - 1))) {
        return;
      } else if (char === '"' || char === "'") {
        quote = char;
        this.#word += char;
      } else this.#flowChar(char, start + index);
    }
  }

  #flowChar(char: string, at: number): void {
    const top = this.#flows.at(-1);
    if (char === '{' || char === '[') this.#flows.push({ open: char, keys: new Set(), key: undefined });
    else if (char === '}' || char === ']') this.#flows.pop();
    else if (char === ',' && top) top.key = undefined;
    else if (char === ':' && top?.open === '{' && top.key === undefined) {
      top.key = unquoted(this.#word.trim());
      top.keys.add(top.key);
    } else {
      if (this.#word === '' && char === ' ') this.#wordStart = at + 1;
      else this.#word += char;
      return;
    }
    this.#setWord('', at + 1);
  }

  #position(): YamlPosition {
    const blocks = this.#blocks.slice(1).map((frame) => frame.name);
    const word = { word: this.#word, from: this.#wordStart };
    if (this.#flows.length === 0) {
      const siblings = this.#blocks.at(-1)?.keys ?? new Set();
      return { path: blocks, kind: this.#inValue ? 'value' : 'key', siblings, ...word };
    }
    const flows = this.#flows.flatMap(({ open, key }) => (open === '[' ? [ITEM] : key === undefined ? [] : [key]));
    const top = this.#flows.at(-1);
    const isKey = top?.open === '{' && top.key === undefined;
    return { path: [...blocks, ...flows], kind: isKey ? 'key' : 'value', siblings: top?.keys ?? new Set(), ...word };
  }
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

/** What may be written at an offset of a YAML text, whole or half written. */
export function yamlPositionAt(text: string, offset: number): YamlPosition {
  const walk = new YamlWalk();
  const lines = text.slice(0, offset).split('\n');
  const last = lines.pop() ?? '';
  let start = 0;
  for (const line of lines) {
    walk.line(line, start);
    start += line.length + 1;
  }
  return walk.last(last, start);
}
