import { Fault } from '../../../schema/fault.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { type LoadedDocument, loadDocument } from './document.ts';
import { closingSentence, ruleSentences, type Sentences } from './rule-sentence.ts';
import { parseYamlSource } from './yaml-source.ts';

/** @throws Fault `policy_invalid` */
export function validOr(loaded: LoadedDocument, action: string): CompiledPolicy {
  if (loaded.ok) return loaded.document;
  const [error] = loaded.errors;
  throw new Fault('policy_invalid', `Cannot ${action}: the document is not valid`, {
    why: error ? `line ${error.line}, column ${error.column}: ${error.message}` : 'it does not load',
    fix: 'See every error with `cavern policy check FILE`.',
    data: { errors: loaded.errors },
  });
}

/** @throws Fault `policy_invalid` */
export function validDocument(text: string, action: string): CompiledPolicy {
  return validOr(loadDocument(text), action);
}

/** @throws Fault `policy_invalid` */
export function sentencesOf(text: string): Sentences {
  const document = validDocument(text, 'say the rules in words');
  const source = parseYamlSource(text);
  const lineOf = (index: number): number => (Array.isArray(source) ? 1 : source.positionOf(['rules', index]).line);
  return { rules: ruleSentences(document, lineOf), closing: closingSentence(document) };
}
