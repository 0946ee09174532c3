import { describe, expect, it } from 'vitest';
import { Settings } from '../../../schema/contract/app.ts';
import { formSchemaOf } from '../../ui/json-schema.ts';
import { settingGroups } from './setting-groups.ts';

const schema = formSchemaOf(Settings);
const namesIn = (text: string): string[] =>
  settingGroups(schema, text).flatMap(({ fields }) => fields.map(({ name }) => name));

describe('the settings', () => {
  it('are all there, but what the window keeps for itself, and what has a view of its own', () => {
    const all = Object.keys(Settings.properties).filter(
      (name) => !['layout', 'recentWorkspaces', 'shortcuts', 'gateway'].includes(name),
    );
    expect(namesIn('').sort()).toEqual(all.sort());
  });

  it('have a name that a person reads', () => {
    const bare = settingGroups(schema, '')
      .flatMap(({ fields }) => fields)
      .filter(({ name, label }) => name === label);
    expect(bare).toEqual([]);
  });

  it('are found by words of their name, their group and what they are for', () => {
    expect(namesIn('text size')).toEqual(['textSize', 'terminalFontSize']);
    expect(namesIn('globs')).toContain('hiddenFiles');
    expect(namesIn('retention audit')).toEqual(['retention']);
    expect(namesIn('no such thing')).toEqual([]);
  });

  it('that no group knows stand under a heading of their own', () => {
    const more = { ...schema, properties: { ...schema.properties, brandNew: { type: 'string' } } };
    expect(settingGroups(more, '').at(-1)).toMatchObject({ title: 'Other', fields: [{ name: 'brandNew' }] });
  });
});
