const LINES = 170_000;
const CHANGED_EVERY = 850;

/** How many places differ. */
export const CHANGED_LINES = LINES / CHANGED_EVERY;

/** Ten megabytes in lines of sixty characters, of which two hundred differ. */
export function longText(): { before: string; after: string } {
  const lines = Array.from({ length: LINES }, (_, line) =>
    `${String(line).padStart(7, '0')} ${'the quick brown fox '.repeat(3)}`.slice(0, 61),
  );
  const before = `${lines.join('\n')}\n`;
  const after = `${lines.map((line, at) => (at % CHANGED_EVERY === 5 ? line.replace('quick', 'slow') : line)).join('\n')}\n`;
  return { before, after };
}

/** The same in a shell, on the file as it is before. */
export const CHANGE_COMMAND = `awk '(NR - 1) % ${CHANGED_EVERY} == 5 { sub("quick", "slow") } { print }'`;
