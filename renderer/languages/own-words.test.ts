/// <reference types="vite/client" />
import { parseSync } from '@swc/core';
import { expect, it } from 'vitest';

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../languages/**', '!../**/*.{test,fixture,d}.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Attributes that a person reads or hears. */
const READ = new Set([
  'label',
  'title',
  'placeholder',
  'alt',
  'aria-label',
  'aria-description',
  'aria-roledescription',
]);
/** Three words that begin like a sentence. */
const SENTENCE = /^\p{Lu}[\p{L}’]*( [\p{L}’,:–-]+){2}/u;
/** The name of a format is no word of a language. */
const NAMES = new Set(['JSON']);

type Node = Readonly<Record<string, unknown>>;

it('no text that a person reads stands outside of the messages, where no other language would find it', () => {
  const found = Object.entries(sources)
    .filter(([path]) => !path.endsWith('messages.ts'))
    .flatMap(([path, source]) => {
      const program = parseSync(source, { syntax: 'typescript', tsx: path.endsWith('x'), target: 'esnext' });
      return wordsIn(program).map((text) => `${path}: ${text}`);
    });
  expect(found).toEqual([]);
});

it('a text in the code is found, wherever it stands', () => {
  const parse = (source: string): unknown => parseSync(source, { syntax: 'typescript', tsx: true, target: 'esnext' });
  expect(
    wordsIn(parse('<p title="Open it">Hello {name}</p>; say(`Cannot do ${it}`, "Look at this now", "left")')),
  ).toEqual(['Open it', 'Hello', 'Look at this now']);
});

function wordsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (typeof value !== 'object' || value === null) return [];
  // What the parser gives is plain objects.
  const node = value as Node;
  return own(node) ?? Object.values(node).flatMap(wordsIn);
}

/** What a node says itself; undefined where only its parts can. */
function own(node: Node): string[] | undefined {
  switch (node['type']) {
    // What is thrown is for the log, or reaches the person as what the kernel says does: in English (docs/window.md).
    case 'NewExpression':
      return /Error|Fault$/.test(nameOf(node['callee'])) ? [] : undefined;
    case 'CallExpression':
      return nameOf(partOf(node['callee'], 'object')) === 'console' ? [] : undefined;
    case 'ImportDeclaration':
    case 'TsLiteralType':
      return [];
    case 'JSXText':
      return textsIn(node['value'], /\p{L}{2}/u);
    case 'JSXAttribute':
      return READ.has(nameOf(node['name'])) ? textsIn(partOf(node['value'], 'value'), /\p{L}{2}/u) : undefined;
    case 'StringLiteral':
      return textsIn(node['value'], SENTENCE);
    case 'TemplateElement':
      return textsIn(node['raw'], SENTENCE);
    default:
      return undefined;
  }
}

function textsIn(value: unknown, words: RegExp): string[] | undefined {
  if (typeof value !== 'string') return undefined;
  return words.test(value.trim()) && !NAMES.has(value.trim()) ? [value.trim()] : [];
}

function nameOf(value: unknown): string {
  const name = partOf(value, 'value');
  return typeof name === 'string' ? name : '';
}

function partOf(value: unknown, part: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Node)[part] : undefined; // any of the parser's nodes
}
