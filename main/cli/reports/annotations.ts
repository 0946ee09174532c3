import { failureOf, type RunReport } from './run-report.ts';

const ANNOTATION_LIMIT = 50;

/** Values of a workflow command (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function annotation(kind: 'error' | 'warning', of: Readonly<Record<string, string>>, message: string): string {
  const properties = Object.entries(of).map(([name, value]) => `${name}=${property(value)}`);
  return `::${kind} ${properties.join(',')}::${data(message)}\n`;
}

/** Annotations of a run for GitHub: failed tests at their files, else the failure of the command, and limits that were met. */
export function annotations(report: RunReport): string {
  const failed = (report.tests?.tests ?? []).filter(({ state }) => state === 'failed');
  const failure = failureOf(report);
  const lines = failed
    .slice(0, ANNOTATION_LIMIT)
    .map(({ name, file, message = '' }) =>
      annotation('error', { ...(file === undefined ? {} : { file }), title: name }, message || 'failed'),
    );
  if (failure !== undefined && lines.length === 0) {
    lines.push(annotation('error', { title: 'cavern run' }, `${report.command.join(' ')}: ${failure}`));
  }
  const limits = report.exceeded.map((limit) =>
    annotation('warning', { title: 'cavern run' }, `the command met a limit of its sandbox: ${limit}`),
  );
  return [...lines, ...limits].join('');
}

/** While this holds, GitHub reads nothing as a command of the workflow; `token` must not be known to whoever prints. */
export function guarded(token: string): { readonly begin: string; readonly end: string } {
  return { begin: `::stop-commands::${token}\n`, end: `\n::${token}::\n` };
}
