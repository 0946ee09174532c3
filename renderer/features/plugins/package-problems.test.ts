import { expect, it } from 'vitest';
import { failures } from '../../languages/de/failures.ts';
import { inWords } from '../../ui/failure-words.ts';
import { problemsOfReason } from './package-problems.ts';

it('the reason of a refused plugin is taken apart into what it lists, and another one is left', () => {
  expect(problemsOfReason('digest_mismatch: "a; b" is not what the manifest says; extra_file: "c: d" is new')).toEqual([
    { code: 'digest_mismatch', message: '"a; b" is not what the manifest says' },
    { code: 'extra_file', message: '"c: d" is new' },
  ]);
  expect(problemsOfReason('Nobody has signed it')).toEqual([]);
});

it.each([
  ['"src/a b.js" is not what the manifest says', '„src/a b.js“ ist nicht, was das Manifest sagt'],
  ['"up" is a link that leaves the folder', '„up“ ist ein Link, der aus dem Ordner hinausführt'],
  ['"up" is a link; pack the file itself', '„up“ ist ein Link; packen Sie die Datei selbst'],
  [
    '"x" is refused: its name holds characters that cannot be seen',
    '„x“ wird zurückgewiesen: der Name enthält Zeichen, die man nicht sieht',
  ],
  ['publisher: it holds letters that stand for others', 'publisher: enthält Buchstaben, die für andere stehen'],
  ['it speaks API 9, served are 1 and 2', 'es spricht API 9, bedient werden 1 und 2'],
  [
    'Cannot install the plugin: missing_sbom: it does not say what is in it, and the settings ask for it',
    'Das Plugin wurde nicht installiert: missing_sbom: es sagt nicht, woraus es besteht, und die Einstellungen verlangen es',
  ],
  [
    'the schema does not compile: strict mode: unknown keyword: "x"',
    'das Schema ist nicht brauchbar: strict mode: unknown keyword: "x"',
  ],
])('a problem is said in German, with all that it names: %s', (message, german) => {
  expect(inWords({ code: 'plugin_refused', message }, failures.sentences).message).toBe(german);
});
