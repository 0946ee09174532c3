const LONGEST_TITLE = 80;

/** Control characters, what turns the direction of text around, and what cannot be seen: a title must not look like another one. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** What a program in the sandbox called its terminal, as text that is safe to show. Empty where nothing is left of it. */
export function cleanTitle(title: string): string {
  const seen = title.replace(UNSAFE, '').replace(/\s+/g, ' ').trim();
  const characters = Array.from(seen);
  return characters.length <= LONGEST_TITLE ? seen : `${characters.slice(0, LONGEST_TITLE - 1).join('')}…`;
}
