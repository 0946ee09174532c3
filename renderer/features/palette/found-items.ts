import fuzzysort from 'fuzzysort';
import type { PaletteItem } from './call-item.ts';
import { messages } from './messages.ts';

/** A heading, or an item with its place among the items. */
export type PaletteRow =
  | { readonly type: 'heading'; readonly title: string }
  | { readonly type: 'item'; readonly item: PaletteItem; readonly index: number };

const SHOWN_LIMIT = 60;
/** What was used lately comes before what fits about as well. */
const RECENT_BONUS = 0.08;
/** What has the words themselves comes before what only has their letters. */
const WORDS_BONUS = 0.3;
const BEGUN_WORD = 0.75;

/** What a person looks for, the best first; without a text everything, what was used last before all else. */
export function foundItems(items: readonly PaletteItem[], text: string, recent: readonly string[]): PaletteItem[] {
  const words = text.trim();
  if (words === '') return [...ofIds(items, recent), ...items.filter(({ id }) => !recent.includes(id))];
  return fuzzysort
    .go(words, items, {
      keys: ['title', 'name', 'group', 'detail'],
      limit: SHOWN_LIMIT,
      threshold: 0.2,
      // By titles before names, by those before what is said beside: a long sentence has every letter.
      scoreFn: ([title, name, group, detail]) =>
        Math.max(title?.score ?? 0, 0.95 * (name?.score ?? 0), 0.6 * (group?.score ?? 0), 0.5 * (detail?.score ?? 0)),
    })
    .map(({ obj, score }) => ({
      obj,
      score: score + WORDS_BONUS * shareOfWords(words, obj) + (recent.includes(obj.id) ? RECENT_BONUS : 0),
    }))
    .sort((a, b) => b.score - a.score)
    .map(({ obj }) => obj);
}

/** With headings where nothing is looked for; what was found needs none, it is in the order of how well it fits. */
export function rowsOf(items: readonly PaletteItem[], text: string, recent: readonly string[]): PaletteRow[] {
  const rows: PaletteRow[] = [];
  let group: string | undefined;
  for (const [index, item] of items.entries()) {
    const heading = recent.includes(item.id) ? messages.recent : item.group;
    if (text.trim() === '' && heading !== group) rows.push({ type: 'heading', title: heading });
    group = heading;
    rows.push({ type: 'item', item, index });
  }
  return rows;
}

/** How many of the words, 0 to 1, its title or name has; one that was begun counts less. */
function shareOfWords(text: string, { title, name }: PaletteItem): number {
  const own = wordsOf(`${title} ${name}`);
  const shares = wordsOf(text).map((word) =>
    own.includes(word) ? 1 : own.some((one) => one.startsWith(word)) ? BEGUN_WORD : 0,
  );
  return shares.reduce<number>((sum, share) => sum + share, 0) / Math.max(1, shares.length);
}

function wordsOf(text: string): string[] {
  const words = text.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u);
  return words.filter((word) => word !== '').map((word) => word.toLowerCase());
}

function ofIds(items: readonly PaletteItem[], ids: readonly string[]): PaletteItem[] {
  return ids.flatMap((id) => items.find((item) => item.id === id) ?? []);
}
