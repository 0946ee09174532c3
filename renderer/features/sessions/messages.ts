import type { SessionState } from '../../../schema/entities.ts';
import { inLanguage } from '../../ui/language.ts';

const english = {
  title: 'Sessions',
  none: 'No sessions yet. Open a folder to start one.',
  actions: (name: string) => `Actions for ${name}`,
  open: 'Open',
  openInWindow: 'Open in a new window',
  stop: 'Stop',
  resume: 'Resume',
  records: 'Show its records',
  remove: 'Remove…',
  retry: 'Retry',
  removeTitle: (name: string) => `Remove session “${name}”?`,
  removeText:
    'Its sandbox, terminals and every change that was not merged are deleted. The folder itself is not touched.',
  removeConfirm: 'Remove session',
  starting: (name: string) => `Starting ${name}`,
  failed: (name: string) => `${name} could not start`,
  archived: 'Archived',
  archivedWhy: 'Nobody has touched it for long. Nothing of it was deleted: resume it to go on.',
  phases: 'Phases of the start',
  states: {
    starting: 'Starting',
    running: 'Running',
    stopping: 'Stopping',
    stopped: 'Stopped',
    failed: 'Failed',
  } satisfies Record<SessionState, string>,
} as const;

export const messages = inLanguage('sessions', english);
