import type { AuditKind } from '../../../schema/audit-kind.ts';
import type { AuditType } from '../../../schema/audit-record.ts';
import type { AuditReport } from '../../../schema/contract/audit.ts';
import { formatCount } from '../../ui/format.ts';

type Problem = NonNullable<AuditReport['firstBad']>['problem'];

const PROBLEMS: Record<Problem, string> = {
  gap: 'a record is missing before it',
  hash: 'its hash does not fit what it says',
  signature: 'its signature is not valid',
  tail: 'the end of the chain was cut or rewritten',
  format: 'it cannot be read',
};

const KINDS: Record<AuditKind, string> = {
  call: 'Calls',
  terminal: 'Terminals',
  change: 'Merges',
  approval: 'Approvals',
  sandbox: 'Sandboxes',
  session: 'Sessions',
  network: 'Network',
  permission: 'Policy, keys, capabilities',
  plugin: 'Plugins',
  task: 'Tasks',
  chain: 'The chain itself',
};

const number = (value: number): string => value.toLocaleString('en-GB');

/** `call_decided` reads `Call decided`. */
export function typeName(type: AuditType): string {
  const words = type.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const messages = {
  title: 'Audit records',
  none: 'No record matches',
  noneText: 'No record of the chain passes all filters. Remove one, or clear them.',
  empty: 'No records yet',
  emptyText: 'Every significant act leaves a record here.',
  filter: 'Search tool, path, rule, reason, input, output',
  filters: { actor: 'Actor', tool: 'Tool', rule: 'Rule', path: 'Path or folder', act: 'Act' },
  since: 'From',
  until: 'To',
  moreFilters: 'More filters',
  fewerFilters: 'Fewer filters',
  clear: 'Clear filters',
  remove: (name: string) => `Remove the filter ${name}`,
  allTypes: 'All types',
  type: 'Type of record',
  allSessions: 'All sessions',
  session: 'Session',
  allDecisions: 'All decisions',
  decision: 'Decision',
  decisions: { allow: 'Allowed', deny: 'Denied', require_review: 'Needs review' },
  kinds: KINDS,
  views: 'How the records are shown',
  list: 'List',
  timeline: 'Timeline',
  count: (rows: number) => formatCount(rows, 'record'),
  matches: (rows: number, total: number) => `${number(rows)} of ${formatCount(total, 'record')}`,
  counting: (rows: number) => `${number(rows)} found, still looking`,
  loading: 'Reading',
  verify: 'Verify',
  cancel: 'Cancel',
  cancelVerify: 'Cancel the verification',
  cancelSave: 'Cancel the export',
  verifying: (done: number, total: number) => `Verifying ${number(done)} of ${number(total)}`,
  starting: 'Verifying',
  saveStarting: 'Exporting',
  saving: (done: number, total: number) => `Exporting ${number(done)} of ${number(total)}`,
  save: 'Export…',
  saved: (file: string, records: number) =>
    `Wrote ${formatCount(records, 'record')} to ${file}, with its signed manifest`,
  chainGood: 'The chain is intact',
  chainStart: 'Verified since its last checkpoint',
  chainPending: 'Not verified yet',
  bad: (seq: number, problem: Problem) => `The chain is broken at record ${number(seq)}: ${PROBLEMS[problem]}.`,
  badPlain: 'The chain is broken. Verify it to see where.',
  showBad: 'Show the record',
  kept: (days: number, limit: string) =>
    `Records older than ${days} days go to signed archives. The chain and its archives take ${limit} at most; only then the oldest archive is deleted. To change it: cavern config set retention`,
  length: (seq: number) => formatCount(seq, 'record'),
  checkpoint: (seq: number, when: string) => `signed to ${number(seq)}, ${when}`,
  noCheckpoint: 'no checkpoint yet',
  verified: (records: number, when: string) => `${formatCount(records, 'record')} verified ${when}`,
  details: 'Record',
  close: 'Close details',
  newer: 'Newer record',
  older: 'Older record',
  copyRecord: 'Copy the record',
  copyField: (name: string) => `Copy the ${name}`,
  sameAct: 'All records of this act',
  sameSession: 'This session',
  facts: {
    at: 'When',
    actor: 'Who',
    session: 'Session',
    sandbox: 'Sandbox',
    tool: 'Tool',
    call: 'Call',
    path: 'Path',
    pathBytes: 'Path, in bytes',
    rule: 'Rule',
    reason: 'Reason',
    token: 'Token',
    durationMs: 'Took',
    act: 'Act',
  },
  input: 'Input',
  output: 'Output',
  data: 'Data',
  chainPlace: 'Place in the chain',
  hash: 'Hash',
  prev: 'Previous hash',
  columns: { seq: '#', at: 'Time', type: 'Type', actor: 'Actor', what: 'What', decision: 'Decision' },
  timelineAbout: (records: number, from: string, to: string) =>
    `${formatCount(records, 'record')} by kind, from ${from} to ${to}`,
  timelineKeys: 'Plus and minus zoom, the arrow keys move, 0 shows everything.',
  timelineEmpty: 'Nothing to draw',
  timelineEmptyText: 'No record passes the filters in this time.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  earlier: 'Earlier',
  later: 'Later',
  zoomAll: 'Show everything',
  showInList: 'Show in the list',
  slot: (kind: string, records: number, when: string) => `${kind}: ${formatCount(records, 'record')}, ${when}`,
  slotDenied: (count: number) => `${number(count)} denied`,
  slotReviewed: (count: number) => `${number(count)} for review`,
  legend: { other: 'Allowed or without a decision', reviewed: 'For review', denied: 'Denied' },
  tableKind: 'Kind',
  tableRecords: 'Records',
} as const;
