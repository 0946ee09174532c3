import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { expect, test } from 'vitest';
import { areas } from '../../../schema/contract/areas.ts';
import { Settings } from '../../../schema/contract/app.ts';
import { PluginManifest } from '../../../schema/plugin-manifest.ts';
import { PolicyDocument } from '../../../schema/policy.ts';
import { ProfileDocument, SeccompDocument } from '../../../schema/profile.ts';
import { checkPackage } from '../plugins/manifest-check.ts';

const documents: Record<string, TSchema> = {
  Settings,
  PluginManifest,
  PolicyDocument,
  ProfileDocument,
  SeccompDocument,
};

function contractSchemas(): [string, TSchema][] {
  return Object.values(areas).flatMap((area) =>
    Object.entries(area.members).flatMap(([name, member]): [string, TSchema][] => [
      [`${area.name}.${name} input`, member.input],
      [`${area.name}.${name} output`, member.kind === 'call' ? member.output : member.event],
    ]),
  );
}

test('every schema that a start does not hold against the meta-schema is one', () => {
  const ajv = new Ajv2020({ formats: { 'workspace-path': true } });
  const wrong = [...Object.entries(documents), ...contractSchemas()].filter(
    ([, schema]) => !ajv.validateSchema(schema),
  );
  expect(wrong.map(([name]) => name)).toEqual([]);
});

test.each(['fs', 'git', 'search', 'test'])(
  'the tool schemas of the built-in plugin %s, which a start trusts, compile',
  async (id) => {
    const manifest = readFileSync(join(import.meta.dirname, '../../../plugins', id, 'plugin.json'), 'utf8');
    // The bundles are made by the build; here only the manifest is judged.
    const { problems } = await checkPackage({ manifest, files: [], problems: [] });
    expect(problems.filter(({ code }) => code !== 'missing_file')).toEqual([]);
  },
);
