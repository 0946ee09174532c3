import type { AuditBreak } from '../../schema/contract/audit.ts';
import { formatNumber } from '../ui/format.ts';
import { messages } from './messages.ts';

export interface BreakText {
  readonly title: string;
  readonly text: string;
}

const number = (value: unknown): string => (typeof value === 'number' ? formatNumber(value) : '0');

const TITLES: Readonly<Record<string, string>> = messages.breaks.titles;

const SOURCES: Readonly<Record<string, (lastSeq: string) => string>> = messages.breaks.sources;

/** What a start found broken or lost, in words: what happened, what is left, where the damaged file is. */
export function breakText({ reason, data }: AuditBreak): BreakText {
  const title = TITLES[reason] ?? reason;
  return { title, text: [whatIsLeft(reason, data), aside(data)].filter((part) => part !== '').join(' ') };
}

function whatIsLeft(reason: string, data: AuditBreak['data']): string {
  const source = SOURCES[String(data['source'])];
  if (source) return source(number(data['lastSeq']));
  if (reason === 'chain_lost') return messages.breaks.chainLost;
  if (reason === 'key_lost') {
    return messages.breaks.keyLost(String(data['file']), number(data['lastCheckpoint']));
  }
  if (reason === 'start_verification') return messages.breaks.firstBad(number(data['firstBad']));
  return '';
}

function aside({ setAside }: AuditBreak['data']): string {
  return typeof setAside === 'string' ? messages.breaks.setAside(setAside) : '';
}
