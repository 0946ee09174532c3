import { inLanguage } from '../../ui/language.ts';

const english = {
  title: 'Logs',
  views: 'What to look at',
  tabs: { log: 'Log', crashes: 'Crash reports' },
  find: 'Find in the log',
  level: 'How grave, at least',
  levels: { debug: 'Everything', info: 'Information', warn: 'Warnings', error: 'Errors' },
  levelNames: { debug: 'debug', info: 'info', warn: 'warning', error: 'error' },
  part: 'Part of the program',
  allParts: 'All parts',
  following: 'Live',
  openFolder: 'Open the folder with the logs',
  bundle: 'Diagnostics…',
  columns: { at: 'Time', level: 'Level', part: 'Part', message: 'Message' },
  loading: 'The log is being read…',
  older: 'Read further back',
  empty: 'Nothing is in the log.',
  emptyText: 'What the kernel has to say is written here: what failed, what was put right by itself.',
  none: 'No line passes the filters.',
  noneText: 'Search for less, or for lines that are less grave.',
  clear: 'Clear the filters',
  details: 'The whole line',
  noDetails: 'There is no more to it.',
  close: 'Close',
  noCrashes: 'No crash report',
  noCrashesText:
    'When a page, a helper process or the kernel crashes, a report is written here. It stays on this machine.',
  crashParts: { kernel: 'Kernel', page: 'Page', helper: 'Helper process' },
  report: 'Report',
  copyReport: 'Copy the report',
  bundleTitle: 'Diagnostics bundle',
  bundleLead:
    'One file that explains a failure to somebody else. It is saved where you say and sent nowhere. Secrets are taken out; look through it all the same.',
  bundleBusy: 'Collecting…',
  bundleFiles: 'In it',
  leftOut: 'Not in it',
  save: 'Save…',
  saved: (file: string) => `The diagnostics are saved: ${file}`,
  content: (name: string) => `Content of ${name}`,
} as const;

export const messages = inLanguage('logs', english);
