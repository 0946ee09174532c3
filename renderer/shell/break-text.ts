import type { AuditBreak } from '../../schema/contract/audit.ts';

export interface BreakText {
  readonly title: string;
  readonly text: string;
}

const number = (value: unknown): string => (typeof value === 'number' ? value.toLocaleString('en-GB') : '0');

const TITLES: Readonly<Record<string, string>> = {
  database_damaged: 'The database was damaged',
  database_foreign: 'The database was replaced by a file of another program',
  database_missing: 'The database was missing or empty',
  chain_lost: 'The audit chain of this home is gone',
  key_lost: 'The key that signed the audit chain is lost',
  start_verification: 'The audit chain was changed while Cavern was not running',
};

const SOURCES: Readonly<Record<string, (lastSeq: string) => string>> = {
  salvaged: (lastSeq) => `What could be read was brought over, up to record ${lastSeq}.`,
  backup: (lastSeq) =>
    `The newest good backup was restored; it reaches to record ${lastSeq}. What came after it is lost.`,
  nothing: () => 'Nothing could be recovered: a new, empty database was begun.',
};

/** What a start found broken or lost, in words: what happened, what is left, where the damaged file is. */
export function breakText({ reason, data }: AuditBreak): BreakText {
  const title = TITLES[reason] ?? reason;
  return { title, text: [whatIsLeft(reason, data), aside(data)].filter((part) => part !== '').join(' ') };
}

function whatIsLeft(reason: string, data: AuditBreak['data']): string {
  const source = SOURCES[String(data['source'])];
  if (source) return source(number(data['lastSeq']));
  if (reason === 'chain_lost') return 'Only its last checkpoint is left. A new chain has begun and says so.';
  if (reason === 'key_lost') {
    return `The old chain was set aside as ${String(data['file'])}; a new one begins with its last checkpoint, at record ${number(data['lastCheckpoint'])}.`;
  }
  if (reason === 'start_verification') return `The first bad record is ${number(data['firstBad'])}.`;
  return '';
}

function aside({ setAside }: AuditBreak['data']): string {
  return typeof setAside === 'string' ? `The damaged file is kept in the home, in damaged/…/${setAside}.` : '';
}
