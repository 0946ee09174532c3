import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadDocument } from './document.ts';
import { testPolicyCases } from './policy-cases.ts';
import { createRedactor } from './redactor.ts';

const guide = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');

interface Recipe {
  readonly title: string;
  readonly document: string;
  readonly examples: readonly Record<string, unknown>[];
}

const recipes = guide
  .split(/^### /m)
  .slice(1)
  .map((section): Recipe => {
    const [document = '', examples = ''] = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
      (block) => block[1] ?? '',
    );
    // The guide has this form, and the tests below fail where it has not.
    return { title: section.split('\n', 1)[0] ?? '', document, examples: parse(examples) as Recipe['examples'] };
  });

describe('the guide to the policy', () => {
  test('has ten recipes', () => {
    expect(recipes.length).toBe(10);
  });

  test('shows a rule that loads', () => {
    const example = /^## A rule\n+```yaml\n(.*?)^```$/ms.exec(guide)?.[1] ?? '';
    expect(loadDocument(example)).toMatchObject({ ok: true, warnings: [] });
  });

  test.each(recipes)('gives recipe $title, and it does what it says', async ({ document, examples }) => {
    const loaded = loadDocument(document);
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
    expect(examples.length).toBeGreaterThan(1);
    const policy: unknown = parse(document);
    const cases = examples
      .filter((example) => 'expect' in example)
      .map((example) => ({ ...example, layers: { policy } }));
    const { cases: results } = await testPolicyCases(stringify(cases));
    for (const { id, got, expected } of results) expect({ id, got }).toEqual({ id, got: expected });
    const redactor = createRedactor(loaded.ok ? (loaded.document.document.redact ?? []) : []);
    for (const { text, redacted } of examples)
      if (typeof text === 'string') expect(redactor.redact(text)).toBe(redacted);
  });
});
