import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadDocument } from './document.ts';
import { testPolicyCases } from './policy-cases.ts';

const copies = new URL('./conformance/', import.meta.url);
const originals = new URL('../../../../shared/conformance/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, copies), 'utf8');

interface DocumentCase {
  readonly name: string;
  readonly text: string;
  readonly ok?: true;
  readonly error?: { readonly line: number };
  readonly warnings?: readonly { readonly line: number; readonly code: string }[];
}

const { cases } = await testPolicyCases(read('policy/cases.yaml'));
// The file of the specification has this shape.
const documents = parse(read('policy/documents.yaml')) as DocumentCase[];

describe('the engine', () => {
  test.each(cases)('decides case $id as specified', ({ got, expected }) => {
    expect(got).toEqual(expected);
  });

  test.each(documents)('reads the document "$name" as specified', ({ text, error, warnings }) => {
    const loaded = loadDocument(text);
    const said = loaded.ok
      ? { ok: true, warnings: loaded.warnings.map(({ line, code }) => ({ line, code })) }
      : { error: { line: loaded.errors[0]?.line } };
    expect(said).toEqual(error === undefined ? { ok: true, warnings: warnings ?? [] } : { error });
  });
});

if (existsSync(originals)) {
  describe('the copies of the conformance files', () => {
    test.each(['policy', 'units'])('%s are those of the specification, byte by byte', (folder) => {
      const contents = (base: URL): [string, string][] =>
        readdirSync(new URL(`${folder}/`, base)).map((file) => [
          file,
          readFileSync(new URL(`${folder}/${file}`, base), 'utf8'),
        ]);
      expect(contents(copies)).toEqual(contents(originals));
    });
  });
}
