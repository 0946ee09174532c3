/// <reference types="vite/client" />
import { parseSync } from '@swc/core';
import { describe, expect, it } from 'vitest';
import type { messages } from '../ui/failure-messages.ts';

const languages = import.meta.glob<Readonly<Record<string, typeof messages>>>('./*/failures.ts', { eager: true });
const sources = import.meta.glob<string>(
  ['../../{main,schema}/**/*.ts', '../../plugins/*/src/**/*.ts', '../main.tsx', '!../../**/*.{test,fixture,d}.ts'],
  { query: '?raw', import: 'default', eager: true },
);

const said = new Set(
  Object.entries(sources).flatMap(([path, source]) =>
    textsIn(parseSync(source, { syntax: 'typescript', tsx: path.endsWith('x'), target: 'esnext' })),
  ),
);

describe.each(Object.entries(languages))('the failures of %s', (_, parts) => {
  const [{ sentences } = { sentences: {} }] = Object.values(parts);
  const pairs = Object.values(sentences).flatMap((known) => Object.entries(known));

  it('are sentences that the kernel and its tools say, letter by letter', () => {
    expect(pairs.map(([sentence]) => sentence).filter((sentence) => !said.has(sentence))).toEqual([]);
    expect(Object.keys(sentences).filter((code) => !said.has(code))).toEqual([]);
  });

  it('keep all that a sentence is about', () => {
    const lost = pairs.filter(([sentence, words]) => placesOf(sentence) !== placesOf(words));
    expect(lost).toEqual([]);
  });
});

function placesOf(text: string): string {
  return [...new Set(text.match(/\{\d\}/g))].toSorted().join('');
}

/** Every text of a program; where something is put into it, with `{0}`, `{1}` and so on in its place. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type, value: text, quasis } = value as Readonly<Record<string, unknown>>; // What the parser gives.
  const inside = Object.values(value).flatMap(textsIn);
  if (type === 'StringLiteral') return [String(text)];
  if (type !== 'TemplateLiteral' || !Array.isArray(quasis)) return inside;
  const parts = quasis.map((quasi: { readonly cooked: string }) => quasi.cooked);
  return [parts.reduce((before, part, index) => `${before}{${index - 1}}${part}`), ...inside];
}
