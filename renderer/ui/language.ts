declare global {
  /** Put there by a file of renderer/languages, which the page loads before anything else; English has none. */
  var cavernTexts: Readonly<Record<string, unknown>> | undefined;
}

/** What a translation of some texts is: the same names, the same parameters, other words. */
export type Translated<Texts> = Texts extends string
  ? string
  : Texts extends (...given: infer Given) => infer Said
    ? (...given: Given) => Translated<Said>
    : { readonly [Name in keyof Texts]: Translated<Texts[Name]> };

/** The texts of one part of the window in the language of the page. They do not change while the page lives. */
export function inLanguage<const Texts>(part: string, english: Texts): Translated<Texts> {
  // Each translation is held to the English texts by its type, and by languages.test.ts.
  return (globalThis.cavernTexts?.[part] ?? english) as Translated<Texts>;
}

/** What numbers and dates are written by: British for English, as everywhere in Cavern. */
export function locale(): string {
  const language = typeof document === 'undefined' ? 'en' : document.documentElement.lang;
  return language === '' || language === 'en' ? 'en-GB' : language;
}
