import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { DocumentError } from '../../../schema/policy.ts';

/** A document of 10,000 rules has some 3 MiB. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** How often anchors may be used, each use counted with the uses inside of it: enough to share lists, not to build a bomb. */
const MAX_ALIASES = 100;

/** Member names and list indexes, from the root down. */
export type ValuePath = readonly (string | number)[];

/** A place in the text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const START: Position = { line: 1, column: 1 };

const TOO_DEEP = 'The document is nested too deeply';

function found({ line, column }: Position, message: string): DocumentError {
  return { line, column, message };
}

interface Member {
  readonly key: unknown;
  readonly value: unknown;
}

/** YAML text that was parsed, with the place of everything in it. */
export class YamlSource {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  /** A map is searched once and then known: hostile ones have many members, and every one is an error to be placed. */
  readonly #members = new WeakMap<YAMLMap, ReadonlyMap<string, Member>>();
  readonly value: unknown;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
    this.value = document.toJS({ maxAliasCount: MAX_ALIASES });
  }

  /** Where a value stands; where it does not exist, its nearest parent. */
  positionOf(path: ValuePath): Position {
    let node: unknown = this.#document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const step of path) {
      node = this.#childOf(this.#resolve(node), step);
      offset = offsetOf(node) ?? offset;
    }
    return positionAt(this.#lines, offset);
  }

  /** Where a member's name stands. */
  positionOfKey(path: ValuePath, key: string): Position {
    let node: unknown = this.#resolve(this.#document.contents);
    for (const step of path) node = this.#resolve(this.#childOf(node, step));
    const offset = isMap(node) ? offsetOf(this.#membersOf(node).get(key)?.key) : undefined;
    return offset === undefined ? this.positionOf(path) : positionAt(this.#lines, offset);
  }

  #childOf(node: unknown, step: string | number): unknown {
    if (isSeq(node) && typeof step === 'number') return node.items[step];
    return isMap(node) ? this.#membersOf(node).get(String(step))?.value : undefined;
  }

  #membersOf(map: YAMLMap): ReadonlyMap<string, Member> {
    const known = this.#members.get(map);
    if (known !== undefined) return known;
    const members = new Map<string, Member>();
    for (const pair of map.items) if (isScalar(pair.key)) members.set(String(pair.key.value), pair);
    this.#members.set(map, members);
    return members;
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return line === 0 ? START : { line, column: col };
}

/** Found here and not by the parser, which compares each key with every other: that takes minutes for a hostile map. */
function duplicateKeys(document: Document.Parsed, lines: LineCounter): DocumentError[] {
  const errors: DocumentError[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<string>();
      for (const pair of map.items) {
        if (!isPair(pair) || !isScalar(pair.key)) continue;
        const name = String(pair.key.value);
        if (seen.has(name))
          errors.push(found(positionAt(lines, offsetOf(pair.key) ?? 0), `The key "${name}" is there twice`));
        seen.add(name);
      }
    },
  });
  return errors;
}

function firstAnchor(document: Document.Parsed): number {
  let offset: number | undefined;
  visit(document, {
    Node(_key, node) {
      if (isAlias(node) || node.anchor === undefined) return undefined;
      offset = offsetOf(node);
      return visit.BREAK;
    },
  });
  return offset ?? 0;
}

function parseYaml(text: string, lines: LineCounter): YamlSource | DocumentError[] {
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
  });
  const broken = document.errors.concat(document.warnings);
  if (broken.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return [found(START, TOO_DEEP)];
  if (broken.length > 0) return broken.map(({ pos, message }) => found(positionAt(lines, pos[0]), message));
  if (document.contents === null) return [found(START, 'The document is empty')];
  const doubled = duplicateKeys(document, lines);
  if (doubled.length > 0) return doubled;
  try {
    return new YamlSource(document, lines);
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return [found(positionAt(lines, firstAnchor(document)), 'Anchors are used too often')];
  }
}

/**
 * Parses YAML. Whatever is wrong with it comes back with its place; hostile text (alias bombs, endless nesting, huge maps)
 * is refused and not followed.
 */
export function parseYamlSource(text: string): YamlSource | DocumentError[] {
  if (text.length > MAX_LENGTH) return [found(START, 'The document is larger than 16 MiB')];
  try {
    return parseYaml(text, new LineCounter());
  } catch (error) {
    // The parser recurses: nesting that exhausts the stack is nothing that a policy needs.
    if (error instanceof RangeError) return [found(START, TOO_DEEP)];
    throw error;
  }
}
