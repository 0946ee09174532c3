import type { PackageProblem } from './ports.ts';
import { referenceTarget, schemaCost } from '../tools/schema-cost.ts';
import type { CompileToolSchema } from '../tools/tool-schema.ts';

const DEPTH_LIMIT = 64;
/** Of one schema, what is referred to counted as often as it is: compiling one takes some 50 ms then. */
const PARTS_LIMIT = 10_000;

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

/** What a tool's schema must not do: refer to another document, refer to itself, have too many parts, or fail to compile. */
export function toolSchemaProblem(
  schema: Node,
  pointer: string,
  compile: CompileToolSchema,
): PackageProblem | undefined {
  try {
    const reference = referenceProblem(schema, pointer);
    if (reference) return reference;
    if (schemaCost(schema).parts > PARTS_LIMIT) return tooManyParts(pointer, PARTS_LIMIT);
    compile(schema);
    return undefined;
  } catch (thrown) {
    // One whose references are thousands deep fails here too.
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { code: 'invalid_schema', message: `the schema does not compile: ${why.slice(0, 500)}`, path: pointer };
  }
}

export function tooManyParts(path: string, limit: number): PackageProblem {
  const message = `there are more than ${limit} parts in it, those that are referred to counted as often as they are`;
  return { code: 'invalid_schema', message, path };
}

function referenceProblem(root: Node, pointer: string): PackageProblem | undefined {
  const recursion = { code: 'recursive_schema', message: 'the schema refers to itself', path: pointer };
  const above = new Set<unknown>();
  const seen = new Set<unknown>();
  const visit = (node: unknown): PackageProblem | undefined => {
    if (!isNode(node) || seen.has(node)) return undefined;
    if (above.has(node) || DYNAMIC.some((key) => key in node)) return recursion;
    above.add(node);
    const problem = problemIn(node);
    above.delete(node);
    seen.add(node);
    return problem;
  };
  const problemIn = (node: Node): PackageProblem | undefined => {
    const reference = node['$ref'];
    if (typeof reference === 'string') {
      if (!reference.startsWith('#')) {
        return {
          code: 'remote_reference',
          message: `the schema refers to "${reference.slice(0, 200)}"`,
          path: pointer,
        };
      }
      const problem = visit(referenceTarget(root, reference));
      if (problem) return problem;
    }
    for (const member of Object.values(node)) {
      const problem = visit(member);
      if (problem) return problem;
    }
    return undefined;
  };
  return visit(root);
}
