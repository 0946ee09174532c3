import type { Tool } from '../../../schema/entities.ts';
import type { RunState } from './tools-store.ts';
import { inLanguage } from '../../ui/language.ts';

const english = {
  filter: 'Filter tools',
  none: 'No tools are enabled',
  noneText: 'Tools come from plugins. The list fills as soon as one is enabled.',
  noMatch: 'No tool matches',
  pick: 'Choose a tool',
  pickText: 'Its form is made from its schema. Runs happen in this session’s sandbox.',
  run: 'Run',
  runKeys: 'Ctrl+Enter',
  cancel: 'Cancel',
  waiting: 'Waits for your answer',
  result: 'Result',
  output: 'Output',
  noRuns: 'Nothing has run yet',
  noRunsText: 'The result, with live output and the policy’s decision, appears here.',
  notRunning: 'The session is not running. Resume it to run tools.',
  copyResult: 'Copy the result',
  records: (tool: string) => `Records of ${tool} in this session`,
  truncated: 'The result was cut to its limit.',
  overhead: (own: string, overhead: string) => `${own}, ${overhead} of it around the tool`,
  runs: 'Earlier runs',
  states: {
    running: 'Running',
    done: 'Done',
    failed: 'Failed',
    denied: 'Denied',
    cancelled: 'Cancelled',
  } satisfies Record<RunState, string>,
  allowed: (rule: string | null) => (rule === null ? 'Allowed' : `Allowed by ${rule}`),
  denied: (rule: string | null) => (rule === null ? 'Denied' : `Denied by ${rule}`),
  reviewed: (rule: string | null) => (rule === null ? 'Approved by you' : `Approved by you, asked by ${rule}`),
  effects: { read: 'reads', write: 'changes', network: 'network' } satisfies Record<Tool['effects'][number], string>,
  width: 'Width of the list of tools',
} as const;

export const messages = inLanguage('tools', english);
