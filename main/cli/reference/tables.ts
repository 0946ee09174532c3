import type { Command } from '../command.ts';

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The documents of a sentence about what is printed, set as code. */
function documents(text: string): string {
  let depth = 0;
  return text
    .split('')
    .map((character) => {
      if (character === '{') {
        depth += 1;
        return depth === 1 ? '`{' : '{';
      }
      if (character !== '}') return character;
      depth -= 1;
      return depth === 0 ? '}`' : '}';
    })
    .join('');
}

/** The rows of docs/cli.md: how each command is written, what it does and what `--json` prints. */
export function commandTable(commands: readonly Command[]): string {
  const rows = commands
    .filter(({ hidden }) => !hidden)
    .map(({ usage, about, document }) => {
      const prints = document === null ? 'none: it needs a terminal, or speaks a protocol' : documents(document);
      return `| \`${cell(usage)}\` | ${cell(about)} | ${cell(prints)} |\n`;
    });
  return `| command | what it does | document of \`--json\` |\n| --- | --- | --- |\n${rows.join('')}`;
}

export function definitionTable(title: string, rows: readonly (readonly [name: string, about: string])[]): string {
  return `| ${title} | |\n| --- | --- |\n${rows.map(([name, about]) => `| \`${cell(name)}\` | ${cell(about)} |\n`).join('')}`;
}

/** A page with each part between `<!-- NAME -->` and `<!-- end -->` as it is now. */
export function withParts(page: string, parts: Readonly<Record<string, string>>): string {
  return page.replaceAll(/<!-- ([a-z]+) -->\n[\s\S]*?<!-- end -->/g, (whole, name: string) => {
    const part = parts[name];
    return part === undefined ? whole : `<!-- ${name} -->\n${part}<!-- end -->`;
  });
}
