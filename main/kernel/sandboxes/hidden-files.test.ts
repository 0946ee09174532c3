import { expect, test } from 'vitest';
import { hiddenFiles } from './hidden-files.ts';

test.each([
  ['tokens.txt', 'deep/down/Tokens.txt', true],
  ['tokens.txt', 'tokens.txt.example', false],
  ['*.tfvars', 'infra/.prod.tfvars', true],
  ['infra/*.json', 'infra/a.json', true],
  ['infra/*.json', 'other/infra/a.json', false],
  ['private/**', 'private/a/b', true],
  ['**/private/**', 'x/private/a', true],
])('the glob %s and the path %s: hidden is %s', (glob, path, hidden) => {
  expect(hiddenFiles(['nothing-at-all', glob])(path)).toBe(hidden);
});

test('an empty list hides nothing', () => {
  expect(hiddenFiles([])('.env')).toBe(false);
});
