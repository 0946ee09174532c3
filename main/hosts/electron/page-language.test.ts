import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pageLanguage, translatedPage } from './page-language.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-language-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Wishes {
  readonly file?: string;
  readonly override?: string;
  readonly system?: readonly string[];
}

async function chosen({ file, override, system = [] }: Wishes): Promise<string> {
  const settingsFile = join(folder, 'settings.json');
  if (file !== undefined) await writeFile(settingsFile, file);
  return pageLanguage({ settingsFile, override, system: () => system, known: async () => ['de', 'pt-BR'] });
}

describe('the language of a page', () => {
  it('is what the settings say', async () => {
    expect(await chosen({ file: '{"language":"de"}', system: ['en-US'] })).toBe('de');
  });

  it('is what the variable says, whatever the settings do', async () => {
    expect(await chosen({ file: '{"language":"de"}', override: 'en' })).toBe('en');
  });

  it('is the first of the system’s that the window has, by its plain tag where it has no other', async () => {
    expect(await chosen({ file: '{"language":"system"}', system: ['fr-FR', 'de-AT', 'en-US'] })).toBe('de');
    expect(await chosen({ system: ['pt-BR', 'en-US'] })).toBe('pt-BR');
    expect(await chosen({ system: ['en-US', 'de-DE'] })).toBe('en');
  });

  it('is English where nothing else is known, or the settings cannot be read', async () => {
    expect(await chosen({ file: '{"language":"fr"}' })).toBe('en');
    expect(await chosen({ file: '{"language":7}', system: ['xx'] })).toBe('en');
    expect(await chosen({ file: 'no settings' })).toBe('en');
  });
});

it('a page in another language names it, and loads its texts before its own code', () => {
  const page = '<html lang="en"><head><script type="module" src="./assets/index-1.js"></script></head></html>';
  expect(translatedPage(page, 'en')).toBe(page);
  expect(translatedPage(page, 'de').replaceAll(/\s+/g, ' ')).toBe(
    '<html lang="de"><head><script src="./languages/de.js"></script> <script type="module" src="./assets/index-1.js"></script></head></html>',
  );
});
