import type { AuditReport } from '../../../schema/contract/audit.ts';

type Problem = NonNullable<AuditReport['firstBad']>['problem'];

const PROBLEMS: Record<Problem, string> = {
  gap: 'a record is missing before it',
  hash: 'its hash does not fit what it says',
  signature: 'its signature is not valid',
  tail: 'the end of the chain was cut or rewritten',
  format: 'it cannot be read',
};

export const messages = {
  title: 'Audit',
  none: 'No record matches',
  noneText: 'Every significant act leaves a record here. Change the filters to see more.',
  filter: 'Search tool, path, rule, reason, input',
  allTypes: 'All types',
  type: 'Type of record',
  allSessions: 'All sessions',
  session: 'Session',
  verify: 'Verify chain',
  verifying: (done: number, total: number) => `${done.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')}`,
  good: (records: number, checkpoints: number) =>
    `The chain is intact: ${records.toLocaleString('en-GB')} records, ${checkpoints.toLocaleString('en-GB')} signed checkpoints.`,
  bad: (seq: number, problem: Problem) => `The chain is broken at record ${seq}: ${PROBLEMS[problem]}.`,
  badPlain: 'The chain is broken.',
  head: (seq: number) => `Head ${seq.toLocaleString('en-GB')}`,
  readOnly: 'The audit log cannot be written. Acts with an effect are refused until it can be.',
  details: 'Record',
  close: 'Close details',
  columns: { seq: '#', at: 'Time', type: 'Type', actor: 'Actor', what: 'What', decision: 'Decision' },
} as const;
