import { inWords } from '../../ui/failure-words.ts';

/** A sentence of the kernel about what a plugin may do, or what is new in an update, in the language of the window. */
export function pluginWords(sentence: string): string {
  return inWords({ code: 'consent_needed', message: sentence }).message;
}

/** What the kernel says is wrong with a package, in the language of the window; names and what others say in it stay. */
export function problemWords(message: string): string {
  return inWords({ code: 'plugin_refused', message }).message;
}
