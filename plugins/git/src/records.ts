/** Fields of git's `-z` output; the last one has no end of its own. */
export function splitAtNul(output: Buffer): string[] {
  const fields = output.toString('utf8').split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields;
}

/** Cuts text at a whole line, so that a patch does not end inside one. */
export function cutAtLine(text: Buffer, limitBytes: number): { text: string; truncated: boolean } {
  if (text.length <= limitBytes) return { text: text.toString('utf8'), truncated: false };
  const end = text.lastIndexOf(10, limitBytes - 1);
  return { text: text.toString('utf8', 0, end === -1 ? limitBytes : end + 1), truncated: true };
}
