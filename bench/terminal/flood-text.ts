/** What a build prints: lines of some eighty characters, a third of them with colours, some that are not ASCII. */
function blockLines(): string[] {
  return Array.from({ length: 512 }, (_, line) => {
    const name = `src/part-${(line * 7919) % 1000}/module-${line}.ts`;
    if (line % 3 === 0) return `\x1b[32m✓\x1b[0m ${name} \x1b[2m(${line % 97} ms)\x1b[0m ${'built '.repeat(6)}`;
    if (line % 17 === 0) return `\x1b[33mwarning\x1b[0m ${name}: größer als nötig, ${'häufig '.repeat(5)}`;
    return `${String(line).padStart(6)} ${name} ${'the quick brown fox jumps '.repeat(2)}`;
  });
}

export const FLOOD_BYTES = 32 * 1024 * 1024;

/** The flood as a file holds it: as many blocks as make it up. */
export function floodText(): { readonly block: string; readonly blocks: number } {
  const block = `${blockLines().join('\n')}\n`;
  return { block, blocks: Math.ceil(FLOOD_BYTES / Buffer.byteLength(block)) };
}
