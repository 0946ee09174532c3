import type {
  DocumentError,
  PolicyDocument,
  PolicyException,
  PolicyMatch,
  PolicyRule,
} from '../../../schema/policy.ts';
import { cachedGlob, type GlobCache } from './compiled-rule.ts';
import { GlobError } from './glob.ts';
import { compileOwnPattern, RedactionPatternError } from './own-patterns.ts';
import { parseSizeBytes, UnitError } from './units.ts';
import type { ValuePath, YamlSource } from './yaml-source.ts';

interface Finding {
  readonly path: ValuePath;
  readonly message: string;
}

function duplicates(
  values: readonly string[],
  describe: (value: string) => string,
): { index: number; message: string }[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [{ index, message: describe(value) }];
    seen.add(value);
    return [];
  });
}

/** What a check throws as its verdict is a finding; anything else is an error of ours. */
function attempt(path: ValuePath, check: () => unknown): Finding[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof GlobError || error instanceof UnitError || error instanceof RedactionPatternError) {
      return [{ path, message: error.message }];
    }
    throw error;
  }
}

function globFindings(condition: PolicyMatch | PolicyException, path: ValuePath, globs: GlobCache): Finding[] {
  return (condition.path_glob ?? []).flatMap((glob, index) =>
    globs.has(glob) ? [] : attempt([...path, 'path_glob', index], () => cachedGlob(globs, glob)),
  );
}

function ruleFindings(rule: PolicyRule, path: ValuePath, globs: GlobCache): Finding[] {
  const limit = rule.constraints?.max_file_size;
  return [
    ...globFindings(rule.match, [...path, 'match'], globs),
    ...(rule.except ?? []).flatMap((exception, index) => globFindings(exception, [...path, 'except', index], globs)),
    ...(typeof limit === 'string'
      ? attempt([...path, 'constraints', 'max_file_size'], () => parseSizeBytes(limit))
      : []),
  ];
}

function redactFindings(document: PolicyDocument): Finding[] {
  const patterns = document.redact ?? [];
  const doubled = duplicates(
    patterns.map(({ name }) => name),
    (name) => `Two patterns are named "${name}"`,
  );
  return [
    ...doubled.map(({ index, message }) => ({ path: ['redact', index, 'name'], message })),
    ...patterns.flatMap((pattern, index) => attempt(['redact', index, 'pattern'], () => compileOwnPattern(pattern))),
  ];
}

function publisherFindings(document: PolicyDocument): Finding[] {
  const publishers = document.plugins?.publishers ?? [];
  const doubled = duplicates(
    publishers.map(({ name }) => name),
    (name) => `Two publishers are named "${name}"`,
  );
  const half = publishers.flatMap(({ public_key: key, issuer, subject }, index) => {
    const isWhole = key === undefined ? issuer !== undefined && subject !== undefined : !(issuer ?? subject);
    const message = 'A publisher has either a public_key, or issuer and subject';
    return isWhole ? [] : [{ path: ['plugins', 'publishers', index], message }];
  });
  return [
    ...doubled.map(({ index, message }) => ({ path: ['plugins', 'publishers', index, 'name'], message })),
    ...half,
  ];
}

/**
 * What the schema cannot say: names that are there twice, globs and patterns that do not compile, units that do not parse.
 * The globs that compile are kept in the cache.
 */
export function meaningErrors(document: PolicyDocument, source: YamlSource, globs: GlobCache): DocumentError[] {
  const names = document.rules.map(({ name }) => name);
  const tools = (document.tool_allowlist ?? []).map((tool) => tool.toLowerCase());
  const findings: Finding[] = [
    ...duplicates(names, (name) => `Two rules are named "${name}"`).map(({ index, message }) => ({
      path: ['rules', index, 'name'],
      message,
    })),
    ...duplicates(tools, (tool) => `The tool "${tool}" is listed twice`).map(({ index, message }) => ({
      path: ['tool_allowlist', index],
      message,
    })),
    ...document.rules.flatMap((rule, index) => ruleFindings(rule, ['rules', index], globs)),
    ...redactFindings(document),
    ...publisherFindings(document),
  ];
  return findings.map(({ path, message }) => ({ ...source.positionOf(path), message }));
}
