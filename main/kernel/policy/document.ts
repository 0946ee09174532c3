import { stringify } from 'yaml';
import type { DocumentError, DocumentWarning, PolicyDocument } from '../../../schema/policy.ts';
import { type CompiledPolicy, compilePolicy } from './compiled-policy.ts';
import type { GlobCache } from './compiled-rule.ts';
import { meaningErrors } from './document-meaning.ts';
import { isPolicyDocument, shapeErrors } from './document-shape.ts';
import { documentWarnings } from './document-warnings.ts';
import { parseYamlSource } from './yaml-source.ts';

/** Nobody reads more of them. */
const MAX_ERRORS = 100;

export type LoadedDocument =
  | { readonly ok: true; readonly document: CompiledPolicy; readonly warnings: readonly DocumentWarning[] }
  | { readonly ok: false; readonly errors: readonly DocumentError[] };

function refused(errors: readonly DocumentError[]): LoadedDocument {
  const inOrder = [...errors].sort((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, errors: inOrder.slice(0, MAX_ERRORS) };
}

/**
 * Reads, checks and compiles a policy document. Whatever is wrong comes back with line and column, in the order of the
 * text; nothing is guessed and nothing is thrown. It takes some 0.1 ms a rule: a document of thousands belongs in a worker.
 */
export function loadDocument(text: string): LoadedDocument {
  const source = parseYamlSource(text);
  if (Array.isArray(source)) return refused(source);
  const document = source.value;
  if (!isPolicyDocument(document)) return refused(shapeErrors(source));
  const globs: GlobCache = new Map();
  const errors = meaningErrors(document, source, globs);
  if (errors.length > 0) return refused(errors);
  const warnings = documentWarnings(document, source);
  return { ok: true, document: compilePolicy(document, { warnings, globs }), warnings };
}

/** A document as YAML text that loads as the same document. */
export function printDocument(document: PolicyDocument): string {
  return stringify(document, { aliasDuplicateObjects: false });
}
