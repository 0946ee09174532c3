import { Fault } from '../../../schema/fault.ts';
import { printable } from './printable.ts';
import { type Style, styleOf } from './style.ts';

/** The document that `--json` prints for a failure; a refusal carries its decision. */
export function errorDocument(fault: Fault): Record<string, unknown> {
  const { data, retryable: _retryable, ...error } = fault.toShape();
  const decision = typeof data === 'object' && data !== null && 'decision' in data ? { decision: data.decision } : {};
  const details = 'decision' in decision || data === undefined ? {} : { data };
  return { error: { ...error, ...details }, ...decision };
}

/** What to do about a failure that does not say it itself, by its code. */
const REMEDIES: Readonly<Record<string, string>> = {
  usage: 'See cavern --help.',
  invalid_input: 'See the command’s --help.',
  denied: 'See which rule it was: cavern audit log --decision deny --limit 1',
  needs_review: 'Look at it, then give the answer with --yes or in the window.',
  engine_unavailable: 'See what is missing: cavern doctor',
  engine_forbidden: 'See what is missing: cavern doctor',
  image_missing: 'Bring the images: cavern image prepare',
  not_found: 'See what there is with the list command of its kind.',
  cancelled: 'Start it again.',
  disconnected: 'Start it again; the kernel’s log says why it ended.',
  internal: 'The cause is in logs/kernel.log of the home.',
};
const REMEDY = 'See what happened: cavern audit log --limit 5';

/** On its one line, whatever a sandbox put into it. */
function oneLine(text: string): string {
  return printable(text.replaceAll(/\r?\n/g, ' '));
}

/** Three lines: what happened, why, what to do. A message that has no reason beside it says it behind its colon. */
export function errorText(fault: Fault, style: Style = styleOf({}, {})): string {
  const state = /^(?:[^":]|"[^"]*")*: (.+)$/s.exec(fault.message)?.[1];
  const why = fault.why ?? state ?? `it ended with ${fault.code}`;
  const lines = [
    `${style.red('error:')} ${oneLine(fault.message)}`,
    `  ${style.bold('why:')} ${oneLine(why)}`,
    `  ${style.bold('fix:')} ${oneLine(fault.fix ?? REMEDIES[fault.code] ?? REMEDY)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Columns as wide as their widest cell, two spaces between them. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

export function usageFault(message: string, usage: string): Fault {
  return new Fault('usage', message, { fix: `Usage: cavern ${usage}` });
}
