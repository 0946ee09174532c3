/** What it takes to hold a value against a schema. */
export interface SchemaCost {
  /** Its parts, those that are referred to counted as often as they are. */
  readonly parts: number;
  /** Whether a part of it may take longer than the value is long: a pattern that goes back, each item compared with each other. */
  readonly isSlow: boolean;
}

type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** References that lead on and on; no honest schema has as many. */
const DEPTH_LIMIT = 1000;

/** Takes no longer than the schema is long. */
export function schemaCost(root: Node): SchemaCost {
  const counted = new Map<object, number>();
  let isSlow = false;
  const partsOf = (node: unknown, depth = 0): number => {
    if (!isNode(node)) return 1;
    if (depth > DEPTH_LIMIT) return Number.POSITIVE_INFINITY;
    const known = counted.get(node);
    if (known !== undefined) return known;
    if (typeof node['pattern'] === 'string' || node['uniqueItems'] === true || isNode(node['patternProperties'])) {
      isSlow = true;
    }
    // Until it is known; of a schema that refers to itself nobody knows it.
    counted.set(node, Number.POSITIVE_INFINITY);
    let parts = 1;
    for (const member of Object.values(node)) parts += partsOf(member, depth + 1);
    const reference = node['$ref'];
    if (typeof reference === 'string') parts += partsOf(referenceTarget(root, reference), depth + 1);
    counted.set(node, parts);
    return parts;
  };
  return { parts: partsOf(root), isSlow };
}

/** What a reference inside of the same document leads to. */
export function referenceTarget(root: Node, reference: string): unknown {
  const pointer = reference.slice(1).split('/').slice(1);
  return pointer
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (isNode(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);
}

/** How many values there are in a value, itself included; counts no further than the limit. */
export function countedValues(value: unknown, limit: number): number {
  const left: unknown[] = [value];
  let count = 0;
  while (left.length > 0 && count < limit) {
    const next = left.pop();
    count += 1;
    if (!isNode(next)) continue;
    for (const member of Object.values(next)) {
      left.push(member);
      if (left.length + count >= limit) return limit;
    }
  }
  return count;
}
