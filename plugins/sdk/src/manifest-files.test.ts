import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Plugin } from './define-plugin.ts';
import { manifestOf } from './manifest.ts';

const FOLDERS = ['fs', 'search', 'git', 'test'];

describe('plugin.json', () => {
  it.each(FOLDERS)(
    'of %s says what its code says (node plugins/sdk/src/write-manifest.ts plugins/<id>)',
    async (id) => {
      const folder = fileURLToPath(new URL(`../../${id}`, import.meta.url));
      const { plugin }: { plugin: Plugin } = await import(`${folder}/src/plugin.ts`);
      expect(JSON.parse(readFileSync(`${folder}/plugin.json`, 'utf8'))).toEqual(manifestOf(plugin));
      expect(plugin.id).toBe(id);
    },
  );

  it.each(FOLDERS)('of %s marks every path, so that the policy judges it', (id) => {
    const text = readFileSync(fileURLToPath(new URL(`../../${id}/plugin.json`, import.meta.url)), 'utf8');
    const {
      tools,
    }: {
      tools: {
        name: string;
        input: { properties: Record<string, { format?: string; items?: { format?: string } }> };
      }[];
    } = JSON.parse(text);
    const names = /^(path|paths|from|to|file|project|repository)$/;
    const unmarked = tools.flatMap(({ name, input }) =>
      Object.entries(input.properties)
        .filter(
          ([key, schema]) =>
            names.test(key) && schema.format !== 'workspace-path' && schema.items?.format !== 'workspace-path',
        )
        .map(([key]) => `${name}.${key}`),
    );
    // Names of commits and branches, not of files.
    expect(unmarked).toEqual(id === 'git' ? ['git.diff.from', 'git.diff.to', 'git.branch.to'] : []);
  });
});
