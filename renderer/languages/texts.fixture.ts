export type Text = string | ((...given: unknown[]) => unknown);

/** All texts below a value, by their place. */
export function textsOf(value: unknown, place = ''): Map<string, Text> {
  // A function of the messages takes what it is given and says something.
  if (typeof value === 'string' || typeof value === 'function') return new Map([[place, value as Text]]);
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([name, one]) => [...textsOf(one, place === '' ? name : `${place}.${name}`)]),
  );
}

/** True where a translation says what it is given wherever English does, and says something where English does. */
export function saysTheSame(english: Text, translated: Text | undefined): boolean {
  if (typeof english === 'string') return typeof translated === 'string' && (english === '') === (translated === '');
  if (typeof translated !== 'function') return false;
  const places = Array.from({ length: english.length }, (_, index) => index);
  const ways = [places.map((index) => `word${index}`), places.map((index) => 1234 + 1111 * index)];
  return ways.every((given) => {
    const wanted = said(english, given);
    // It takes something else: a list, or words where numbers were given.
    return wanted === undefined || wanted === said(translated, given);
  });
}

/** Which of the things that it was given an answer holds, whatever marks its numbers have; undefined where it cannot be asked so. */
function said(text: (...given: unknown[]) => unknown, given: readonly unknown[]): string | undefined {
  try {
    const answer = JSON.stringify(text(...given)).replaceAll(/(?<=\d)[.,](?=\d{3})/g, '');
    return given.map((one, index) => (answer.includes(String(one)) ? index : '-')).join(' ');
  } catch {
    return undefined;
  }
}
