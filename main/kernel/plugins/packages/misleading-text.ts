import type { PluginManifest } from '../../../../schema/plugin-manifest.ts';
import type { PackageProblem } from '../ports.ts';

/** Control and format characters, private use, line separators, and letters that show nothing: what a reader does not see. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const LATIN = /\p{Script=Latin}/u;
/** The scripts with letters that look like Latin ones (Unicode Technical Standard 39, confusables). */
const ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}]/u;

/** Why a text does not show what it is; undefined where it does. */
export function misleading(text: string): string | undefined {
  if (INVISIBLE.test(text)) return 'it holds characters that cannot be seen';
  if (text.normalize('NFKC') !== text) return 'it holds letters that stand for others';
  const mixed = text.split(/[^\p{L}\p{M}]+/u).find((word) => LATIN.test(word) && ALIKE.test(word));
  return mixed === undefined ? undefined : 'it mixes letters of different scripts that look alike';
}

/** The texts that a person decides by: what a plugin is called, who made it, what it is for, how it is started. */
export function misleadingProblems(manifest: PluginManifest): PackageProblem[] {
  const { displayName, description, publisher, license, args = [], env = {} } = manifest;
  const texts = [
    ...Object.entries({ displayName, description, publisher, license }),
    ...args.map((text, index) => [`args/${index}`, text] as const),
    ...Object.entries(env).map(([name, text]) => [`env/${name}`, text] as const),
  ];
  return texts.flatMap(([key, text]) => {
    const why = misleading(text);
    return why === undefined ? [] : [{ code: 'misleading_text', message: `${key}: ${why}`, path: `/${key}` }];
  });
}

/** Why a file's name cannot be one of a package: what other systems or people would read as another. */
export function misleadingPath(path: string): string | undefined {
  if (INVISIBLE.test(path)) return 'its name holds characters that cannot be seen';
  return path.normalize('NFC') === path ? undefined : 'its name is not in the normal form NFC';
}

/** Equal for names that some disk takes for the same file. */
export function foldedPath(path: string): string {
  return path.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
