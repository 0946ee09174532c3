import type { Failure } from '../../schema/entities.ts';
import { messages } from './failure-messages.ts';

type Sentences = Readonly<Record<string, string>>;

/** A failure in the language of the window. A sentence that the language has no words for stays as it was said. */
export function inWords(failure: Failure, sentences = messages.sentences): Failure {
  const known = sentences[failure.code];
  if (known === undefined) return failure;
  const { why, fix } = failure;
  return {
    code: failure.code,
    message: translated(failure.message, known),
    ...(why === undefined ? {} : { why: translated(why, known) }),
    ...(fix === undefined ? {} : { fix: translated(fix, known) }),
  };
}

function translated(said: string, known: Sentences): string {
  for (const [sentence, words] of Object.entries(known)) {
    const given = givenIn(said, sentence);
    if (given === undefined) continue;
    // What stands in a place may have words of its own, as the reason why a sandbox ended does.
    return words.replaceAll(/\{(\d)\}/g, (_, index) => translated(given[Number(index)] ?? '', known));
  }
  return said;
}

/** What stands in the places of a sentence; undefined where something else was said. */
function givenIn(said: string, sentence: string): string[] | undefined {
  const literals = sentence.split(/\{\d\}/).map((literal) => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('([^]*?)')}$`).exec(said)?.slice(1);
}
