import { Fault } from '../../schema/fault.ts';

/** The document that `--json` prints for a failure; a refusal carries its decision. */
export function errorDocument(fault: Fault): Record<string, unknown> {
  const { data, retryable: _retryable, ...error } = fault.toShape();
  const decision = typeof data === 'object' && data !== null && 'decision' in data ? { decision: data.decision } : {};
  const details = 'decision' in decision || data === undefined ? {} : { data };
  return { error: { ...error, ...details }, ...decision };
}

/** Three lines: what happened, why, what to do. */
export function errorText(fault: Fault): string {
  const lines = [`error: ${fault.message}`];
  if (fault.why) lines.push(`  why: ${fault.why}`);
  if (fault.fix) lines.push(`  fix: ${fault.fix}`);
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
