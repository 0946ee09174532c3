import { SecretScanner } from './secret-scanner.ts';

/** Puts `[redacted:<kind>]` in the place of the kinds of secrets that the specification names; in linear time. */
export function redactSecrets(text: string): string {
  const scanner = new SecretScanner(text);
  let redacted = '';
  let copied = 0;
  for (let secret = scanner.next('skip'); secret !== undefined; secret = scanner.next('skip')) {
    redacted += `${text.slice(copied, secret.start)}[redacted:${secret.name}]`;
    copied = secret.end;
  }
  return copied === 0 ? text : redacted + text.slice(copied);
}
