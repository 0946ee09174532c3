import { expect, it } from 'vitest';
import type { PluginManifest } from '../../../schema/plugin-manifest.ts';
import { filledServerStart, serverStartProblems } from './server-start.ts';

const settings = {
  type: 'object',
  properties: {
    root: { type: 'string' },
    limit: { type: 'integer' },
    deep: { type: 'object' },
    level: { anyOf: [{ const: 'debug' }, { const: 'info' }] },
    folders: { type: 'array', items: { type: 'string' } },
  },
};

function problems(start: Pick<PluginManifest, 'args' | 'env'>): string[] {
  return serverStartProblems({ settings, ...start }).map(({ code, path }) => `${code} ${path}`);
}

it('placeholders stand for settings that the manifest has, and lists for arguments alone', () => {
  const args = ['--root=${settings.root}', '${settings.limit}', '${settings.folders}', '$HOME', '${'];
  expect(problems({ args, env: { LEVEL: 'x-${settings.level}', NODE_ENV: 'test' } })).toEqual([]);
  expect(problems({ args: ['${settings.none}', '--deep=${settings.deep}', '--all=${settings.folders}'] })).toEqual([
    'unknown_setting /args/0',
    'unknown_setting /args/1',
    'unknown_setting /args/2',
  ]);
  expect(problems({ env: { A: '${settings.folders}', B: '${HOME}', C: '\0', D: '${settings.toString}' } })).toEqual([
    'unknown_setting /env/A',
    'unknown_setting /env/B',
    'invalid_manifest /env/C',
    'unknown_setting /env/D',
  ]);
});

it.each([
  'NODE_OPTIONS',
  'NODE_PATH',
  'LD_PRELOAD',
  'PATH',
  'HOME',
  'PYTHONPATH',
  'BASH_ENV',
  'NO_PROXY',
  'CAVERN_WORKSPACE',
])('%s is no variable for a plugin to set', (name) =>
  expect(problems({ env: { [name]: 'x' } })).toEqual([`reserved_variable /env/${name}`]),
);

it('what is set takes the place of the placeholders, and what names a setting without a value is left out', () => {
  const start = {
    args: ['--root', 'a-${settings.root}', '${settings.folders}', '--level=${settings.level}', 'z'],
    env: { LIMIT: '${settings.limit}/${settings.root}', LEVEL: '${settings.level}', PLAIN: '$1 ${' },
  };
  expect(filledServerStart(start, { root: '$&', limit: 7, folders: ['b c', 'd'] })).toEqual({
    args: ['--root', 'a-$&', 'b c', 'd', 'z'],
    env: { LIMIT: '7/$&', PLAIN: '$1 ${' },
  });
  expect(filledServerStart(start)).toEqual({ args: ['--root', 'z'], env: { PLAIN: '$1 ${' } });
});

it.each([
  ['the character 0', 'a\0b'],
  ['more than a program takes', 'a'.repeat(40_000)],
])('a value with %s is refused, by its name', (_what, root) => {
  const start = { args: [], env: { ROOT: '${settings.root}' } };
  expect(() => filledServerStart(start, { root })).toThrow(expect.objectContaining({ code: 'invalid_setting' }));
});
