import type { FileCoverage } from './coverage.ts';

/**
 * Reads a cover profile of Go (go doc cmd/cover): blocks with how often each ran, from which lines are counted as its HTML report colours them.
 * `module` is the name that go.mod gives, which stands before each path.
 */
export function parseGoCover(text: string, module: string): FileCoverage[] {
  const files = new Map<string, Map<number, boolean>>();
  for (const [, name = '', first, last, count] of text.matchAll(/^(.+):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)$/gm)) {
    const file = name.startsWith(`${module}/`) ? name.slice(module.length + 1) : name;
    const lines = files.get(file) ?? new Map<number, boolean>();
    files.set(file, lines);
    for (let line = Number(first); line <= Number(last); line += 1) {
      lines.set(line, (lines.get(line) ?? false) || Number(count) > 0);
    }
  }
  return [...files].map(([file, lines]) => ({
    file,
    lines: { covered: [...lines.values()].filter(Boolean).length, total: lines.size },
  }));
}
