/// <reference types="vite/client" />
import { describe, expect, it } from 'vitest';
import { Settings } from '../../schema/contract/app.ts';
import { settingGroups } from '../features/settings/setting-groups.ts';
import { formSchemaOf } from '../ui/json-schema.ts';
import { saysTheSame, textsOf } from './texts.fixture.ts';

const parts = import.meta.glob<Readonly<Record<string, unknown>>>(['../**/messages.ts', '../**/*-messages.ts'], {
  eager: true,
});
const languages = import.meta.glob('./*/language.ts');

/** Each part by the name of its folder, or of its file where a folder has several. */
const english = Object.fromEntries(
  Object.entries(parts).flatMap(([path, members]) => {
    const [, folder = '', file = ''] = /([^/]+)\/(?:([^/]+)-)?messages\.ts$/.exec(path) ?? [];
    return Object.values(members).map((texts) => [file === '' ? folder : `${file}s`, texts]);
  }),
);

/** What is the same in both languages: names, examples, signs and words that German has from English. */
const SAME = /^[^a-zA-Z]*$|^[A-Z]{1,4}$|^[a-z]+\.key$|^https:|^\/(srv|home|etc)\/|^\w+ …$/;

describe.each(Object.keys(languages))('the language of %s', async (file) => {
  await languages[file]?.();
  const said = textsOf(globalThis.cavernTexts);
  const wanted = textsOf(english);
  globalThis.cavernTexts = undefined;
  const own = (name: string): boolean =>
    !/^(settings\.hints|ui\.(problems|codePhrases)|failures\.sentences)\./.test(name);

  it('has every text, and no other', () => {
    expect([...said.keys()].filter(own).sort()).toEqual([...wanted.keys()].filter(own).sort());
  });

  it('says what is given to a text wherever English does, and nothing where a text is needed', () => {
    const wrong = [...wanted].filter(([name, text]) => !saysTheSame(text, said.get(name)));
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  it('has words for what the schema says of each setting', () => {
    const place = 'settings.hints.';
    const hints = [...said.keys()].filter((name) => name.startsWith(place)).map((name) => name.slice(place.length));
    expect(hints.sort()).toEqual(describedSettings().sort());
  });

  it('is not English', () => {
    const same = [...wanted].filter(
      ([name, text]) => typeof text === 'string' && said.get(name) === text && !SAME.test(text) && text.includes(' '),
    );
    expect(same.map(([name]) => name)).toEqual([]);
  });
});

/** The settings that the window asks for and that have a description, with those inside of groups. */
function describedSettings(): string[] {
  const shown = new Set(
    settingGroups(formSchemaOf(Settings), '').flatMap(({ fields }) => fields.map(({ name }) => name)),
  );
  const asked = Object.entries(Settings.properties).filter(([name]) => shown.has(name));
  return asked.flatMap(([name, schema]) => {
    const inner = 'properties' in schema ? Object.entries<object>(schema.properties) : [];
    const described: [string, object][] = [
      [name, schema],
      ...inner.map(([one, each]): [string, object] => [`${name}.${one}`, each]),
    ];
    return described.filter(([, each]) => 'description' in each).map(([path]) => path);
  });
}
