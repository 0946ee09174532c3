import { inLanguage } from '../../ui/language.ts';

const english = {
  title: 'Overview',
  waiting: 'Waits for you',
  nothingWaits: 'Nothing waits for you.',
  questions: (count: number) => (count === 1 ? '1 question to answer' : `${count} questions to answer`),
  answer: 'Answer',
  failedSession: (name: string) => `${name} could not start`,
  look: 'Look',
  changed: (name: string, count: number) =>
    `${name}: ${count === 1 ? '1 change' : `${count.toLocaleString('en')} changes`} to review`,
  review: 'Review',
  running: 'Running',
  noneRunning: 'No session runs. Resume one below, or open a folder.',
  more: (count: number) => `and ${count} more in the list on the left`,
  changes: (count: number) => (count === 1 ? '1 change' : `${count.toLocaleString('en')} changes`),
  noChanges: 'no changes yet',
  open: 'Open',
  resume: 'Resume',
  recent: 'Recent sessions',
  folders: 'Recent folders',
  startIn: (folder: string) => `Start a session in ${folder}`,
  start: 'Start',
  actions: 'Quick actions',
  openFolder: 'Open a folder…',
  allCommands: 'All commands',
  keys: 'Keyboard shortcuts',
  settings: 'Settings',
} as const;

export const messages = inLanguage('dashboard', english);
