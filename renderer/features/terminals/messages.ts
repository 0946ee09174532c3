import { formatDuration } from '../../ui/format.ts';
import { inLanguage } from '../../ui/language.ts';

const english = {
  title: (name: string) => `Terminal ${name}`,
  exited: (exitCode: number) => `The process ended with exit code ${exitCode}.`,
  openAgain: 'Open another',
  records: 'Records of this terminal',
  close: 'Close',
  find: 'Find in terminal',
  next: 'Next match',
  previous: 'Previous match',
  closeFind: 'Close search',
  matches: (index: number, count: number) => (count === 0 ? 'No match' : `${index + 1} of ${count}`),
  actions: 'Terminal actions',
  copy: 'Copy',
  pasteHere: 'Paste',
  selectAll: 'Select all',
  openLink: (name: string) => `Open ${name}`,
  followLink: (key: string, target: string) => `${key}+click opens ${target}`,
  splitRight: 'Split right',
  splitDown: 'Split down',
  copyOutput: 'Copy output of the last command',
  noOutput: 'No command has ended yet, or what it printed has scrolled away.',
  copied: 'Copied',
  clear: 'Clear scrollback',
  previousCommand: 'Previous command',
  nextCommand: 'Next command',
  typeIntoAll: 'Type into all terminals',
  typesIntoAll: (count: number) =>
    count === 1
      ? 'What you type would go to all terminals; there is one.'
      : `What you type goes to all ${count} terminals.`,
  typeIntoOne: 'Type into one again',
  record: 'Record',
  endRecording: 'End the recording',
  recorded: 'This terminal is being recorded.',
  recordingKept: (file: string) => `The recording is kept: ${file}`,
  recordings: 'Recordings…',
  recordingsTitle: 'Recordings of terminals',
  noRecordings:
    'Nothing was recorded yet. Choose Record in the menu of a terminal; what it prints is kept with its times.',
  recordingsAbout:
    'Files of the asciicast format, which other players show as well. Long pauses are cut when they are shown here.',
  play: 'Play',
  stop: 'Stop',
  remove: 'Remove',
  copyPath: 'Copy the path',
  faster: (times: number) => `${times} ×`,
  speed: 'Speed',
  replayed: 'Replay',
  progress: 'Progress of what runs in this terminal',
  command: (exitCode: number, durationMs: number) =>
    exitCode === 0 ? formatDuration(durationMs) : `exit ${exitCode} · ${formatDuration(durationMs)}`,
  paste: {
    title: (lines: number) => (lines === 1 ? 'Paste this line?' : `Paste ${lines} lines?`),
    lines: 'What runs in this terminal cannot tell pasted text from typed text: each line is run as it comes.',
    control: 'The text held control characters, which would act as keys. They were taken out; this is what is left.',
    confirm: 'Paste',
  },
  address: {
    title: 'Open this address in your browser?',
    text: 'What runs in the sandbox printed it. Your browser reaches it from outside of the sandbox.',
    confirm: 'Open',
  },
  clipboard: {
    title: 'Let the terminal copy this?',
    text: 'A program in the sandbox wants it in your clipboard. It cannot read what is there.',
    confirm: 'Copy',
  },
  outside: (names: readonly string[]) => ({
    message: `Cannot name ${names.length === 1 ? `"${names[0]}"` : `${names.length} files`} in the terminal: the sandbox does not have ${names.length === 1 ? 'it' : 'them'}`,
    why: 'A sandbox sees the folder of its workspace and nothing else of your files.',
    fix: 'Copy it into the folder of the workspace first, then drop it from there.',
  }),
} as const;

export const messages = inLanguage('terminals', english);
