import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const renderer = resolve(import.meta.dirname, '../renderer');

/**
 * @param {string} folder
 * @param {string} end
 * @returns {string[]}
 */
function files(folder, end) {
  const names = readdirSync(join(renderer, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(end)).map((name) => join(folder, name));
}

/** @param {string} file */
const textOf = (file) => readFileSync(join(renderer, file), 'utf8');

/**
 * The classes that the styles of a folder are for.
 * @param {string} folder
 */
function styledIn(folder) {
  return files(folder, '.css').flatMap((file) =>
    Array.from(textOf(file).matchAll(/\.([a-z][\w-]+)/g), ([, name]) => name),
  );
}

/**
 * Every class that a component gives, by its file.
 * @param {string} folder
 */
function givenIn(folder) {
  return files(folder, '.tsx').flatMap((file) =>
    Array.from(textOf(file).matchAll(/className="([^"]+)"/g), ([, names = '']) => names.split(' '))
      .flat()
      .map((name) => ({ file, name })),
  );
}

it('the styles of a feature are its own: those of another are there only once that was opened', () => {
  const features = readdirSync(join(renderer, 'features')).map((name) => join('features', name));
  const everywhere = [...styledIn('ui'), ...styledIn('shell')];
  const styled = new Map(features.map((feature) => [feature, styledIn(feature)]));
  const borrowed = features.flatMap((feature) => {
    const own = new Set([...everywhere, ...(styled.get(feature) ?? [])]);
    const ofOthers = new Set([...styled.values()].flat().filter((name) => !own.has(name)));
    return givenIn(feature).filter(({ name }) => ofOthers.has(name));
  });
  expect(borrowed).toEqual([]);
});
