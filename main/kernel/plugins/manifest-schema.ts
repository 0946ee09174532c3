import type { PackageProblem } from './ports.ts';
import type { CompileToolSchema } from '../tools/tool-schema.ts';

const DEPTH_LIMIT = 64;

type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** Where a manifest nests too deep or has an own key `__proto__`, which would change the prototype of what it is copied to. */
export function shapeProblem(value: unknown, pointer = '', depth = 1): PackageProblem | undefined {
  if (!isNode(value)) return undefined;
  if (depth > DEPTH_LIMIT)
    return { code: 'too_deep', message: `it is nested deeper than ${DEPTH_LIMIT}`, path: pointer };
  if (Object.hasOwn(value, '__proto__')) {
    return { code: 'prototype_key', message: 'it has a key __proto__', path: `${pointer}/__proto__` };
  }
  for (const [key, member] of Object.entries(value)) {
    const problem = shapeProblem(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

const DYNAMIC = ['$dynamicRef', '$recursiveRef', '$dynamicAnchor', '$recursiveAnchor'];

/** What a tool's schema must not do: refer to another document, refer to itself, or fail to compile. */
export function toolSchemaProblem(
  schema: Node,
  pointer: string,
  compile: CompileToolSchema,
): PackageProblem | undefined {
  const reference = referenceProblem(schema, pointer);
  if (reference) return reference;
  try {
    compile(schema);
    return undefined;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { code: 'invalid_schema', message: `the schema does not compile: ${why.slice(0, 500)}`, path: pointer };
  }
}

function referenceProblem(root: Node, pointer: string): PackageProblem | undefined {
  const recursion = { code: 'recursive_schema', message: 'the schema refers to itself', path: pointer };
  const visit = (node: unknown, above: ReadonlySet<unknown>): PackageProblem | undefined => {
    if (!isNode(node)) return undefined;
    if (above.has(node) || DYNAMIC.some((key) => key in node)) return recursion;
    const inside = new Set(above).add(node);
    const reference = node['$ref'];
    if (typeof reference === 'string') {
      if (!reference.startsWith('#')) {
        return {
          code: 'remote_reference',
          message: `the schema refers to "${reference.slice(0, 200)}"`,
          path: pointer,
        };
      }
      const problem = visit(target(root, reference), inside);
      if (problem) return problem;
    }
    for (const member of Object.values(node)) {
      const problem = visit(member, inside);
      if (problem) return problem;
    }
    return undefined;
  };
  return visit(root, new Set());
}

function target(root: Node, reference: string): unknown {
  const parts = reference.slice(1).split('/').slice(1);
  return parts
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (isNode(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);
}
