import { createTwoFilesPatch } from 'diff';
import type { ApprovalDetail } from '../../../schema/contract/approval.ts';
import type { DetailsOf } from '../dispatch/ports.ts';

export interface DetailSources {
  /** The operator's document as it is. */
  readonly policyText: () => string;
  readonly policyVersion: (id: string) => string;
  /** A file as a session's sandbox sees it; undefined where it is none or no text. */
  readonly textOf: (session: string, path: string, signal: AbortSignal) => Promise<string | undefined>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Comparing long texts line by line takes long; what is longer is shown, not compared. */
const COMPARED_LENGTH = 200_000;

function fieldsOf(input: unknown): Fields {
  return typeof input === 'object' && input !== null ? { ...input } : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function difference(title: string, before: string, after: string): ApprovalDetail {
  if (before.length + after.length > COMPARED_LENGTH) return { kind: 'text', title, text: after, truncated: false };
  const text = createTwoFilesPatch(`a/${title}`, `b/${title}`, before, after, undefined, undefined, { context: 3 });
  return { kind: 'diff', title, text: text.replace(/^=+\n/, ''), truncated: false };
}

/** An argument as a shell would have to be given it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

function command(argv: unknown, cwd: unknown): ApprovalDetail[] {
  if (!Array.isArray(argv)) return [];
  const text = argv.filter(isText).map(quoted).join(' ');
  return [{ kind: 'command', title: isText(cwd) ? cwd : '/workspace', text, truncated: false }];
}

/** What a person sees of a call before they answer: the command, the difference, or the input as it is. */
export function questionDetails(sources: DetailSources): ReadonlyMap<string, DetailsOf> {
  const policyDiff = (text: string): ApprovalDetail[] => [difference('policy.yaml', sources.policyText(), text)];
  return new Map<string, DetailsOf>([
    ['policy.update', async (input) => policyDiff(String(fieldsOf(input)['text']))],
    ['policy.restore', async (input) => policyDiff(sources.policyVersion(String(fieldsOf(input)['version'])))],
    ['sandbox.exec', async (input) => command(fieldsOf(input)['argv'], fieldsOf(input)['cwd'])],
    ['tool.call', (input, signal) => toolDetails(sources, fieldsOf(input), signal)],
  ]);
}

async function toolDetails(
  sources: DetailSources,
  { session, name, input }: Fields,
  signal: AbortSignal,
): Promise<readonly ApprovalDetail[]> {
  const { path, content, patch, argv, cwd, message } = fieldsOf(input);
  if (isText(patch))
    return [{ kind: 'diff', title: isText(path) ? path : String(name), text: patch, truncated: false }];
  if (isText(path) && isText(content) && isText(session)) {
    return [difference(path, (await sources.textOf(session, path, signal)) ?? '', content)];
  }
  const ran = command(argv, cwd);
  if (ran.length > 0) return ran;
  if (isText(message)) return [{ kind: 'text', title: 'message', text: message, truncated: false }];
  return [{ kind: 'text', title: String(name), text: JSON.stringify(input, null, 2) ?? '', truncated: false }];
}
