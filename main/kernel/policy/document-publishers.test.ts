import { expect, test } from 'vitest';
import { loadDocument } from './document.ts';

const KEY = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=';

function messagesOf(publishers: unknown): string[] {
  const text = JSON.stringify({ version: 1, rules: [], plugins: { publishers } });
  const loaded = loadDocument(text);
  return loaded.ok ? [] : loaded.errors.map(({ message }) => message);
}

test('a publisher has a key or a whole identity, once', () => {
  const acme = { name: 'Acme', public_key: KEY };
  const beta = { name: 'Beta', issuer: 'https://token.example', subject: 'ada@example.org' };
  const either = 'A publisher has either a public_key, or issuer and subject';
  expect(messagesOf([acme, beta])).toEqual([]);
  expect(messagesOf([acme, acme])).toEqual(['Two publishers are named "Acme"']);
  expect(messagesOf([{ name: 'None' }])).toEqual([either]);
  expect(messagesOf([{ ...beta, public_key: KEY }])).toEqual([either]);
  expect(messagesOf([{ name: 'Beta', issuer: 'https://token.example' }])).toEqual([either]);
  expect(messagesOf([{ name: 'Acme', public_key: 'no key' }])).not.toEqual([]);
});
