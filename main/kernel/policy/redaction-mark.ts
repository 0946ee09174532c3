const MARK = '[redacted:';

function marksIn(text: string): Map<string, number> {
  const marks = new Map<string, number>();
  for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + MARK.length)) {
    const name = text.slice(at, at + 64).split(']', 1)[0] ?? '';
    marks.set(name, (marks.get(name) ?? 0) + 1);
  }
  return marks;
}

/**
 * True for new content that holds a `[redacted:` mark which the file did not hold before: somebody writes back what it
 * never saw, and the secret would be lost. Such a write is refused.
 * @param before the file as it is; undefined where there is none yet
 */
export function bringsRedactionMark(before: string | undefined, after: string): boolean {
  if (!after.includes(MARK)) return false;
  const held = marksIn(before ?? '');
  for (const [name, count] of marksIn(after)) if (count > (held.get(name) ?? 0)) return true;
  return false;
}
