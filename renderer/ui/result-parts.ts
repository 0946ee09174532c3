/** A result as it is read: whole texts by themselves, the rest as JSON. */
export interface ResultParts {
  readonly texts: readonly { readonly name: string; readonly text: string }[];
  readonly rest: unknown;
}

/** Takes texts of more than one line out of a result, where JSON would show them as one long line with `\n`. */
export function resultParts(result: unknown): ResultParts {
  if (typeof result === 'string') return { texts: [{ name: '', text: result }], rest: undefined };
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return { texts: [], rest: result };
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && entry[1].includes('\n');
  const entries = Object.entries(result);
  const texts = entries.filter(isText).map(([name, text]) => ({ name, text }));
  const rest = entries.filter((entry) => !isText(entry));
  return { texts, rest: rest.length === 0 ? undefined : Object.fromEntries(rest) };
}
