import type { WishView } from '../../../../schema/contract/window.ts';

const views: Readonly<Record<Exclude<WishView, 'home'>, string>> = {
  approvals: 'Approvals',
  tasks: 'Tasks and schedules',
  policy: 'Policy',
  plugins: 'Plugins',
  gateway: 'Gateway',
  audit: 'Audit',
  logs: 'Logs',
  settings: 'Settings',
};

/** What the desktop shows of the program: menu, tray, notices, and the page after a crash. Another language has the same shape. */
export const en = {
  views,
  menu: {
    file: '&File',
    edit: '&Edit',
    view: '&View',
    help: '&Help',
    start: 'Start page',
    openFolder: 'Open folder…',
    openRecent: 'Open recent',
    clearRecent: 'Clear the list',
    noRecent: 'No folder yet',
    newWindow: 'New window',
    closeWindow: 'Close window',
    checkForUpdates: 'Check for updates…',
    quit: 'Quit Cavern',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select all',
    resetZoom: 'Actual size',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fullScreen: 'Full screen',
    about: 'About Cavern',
  },
  waiting: (count: number) => (count === 1 ? 'A question waits for you' : `${count} questions wait for you`),
  tray: {
    nothing: 'Nothing waits for you',
    question: (call: string, why: string) => `${call}: ${why}`,
    more: (count: number) => `${count} more…`,
    show: 'Show Cavern',
  },
  notice: { approve: 'Approve once', deny: 'Deny' },
  packedPlugins: 'Packed plugins',
  crash: {
    title: 'This window crashed',
    what: 'The page of this window has ended',
    reasons: {
      crashed: 'Its process crashed.',
      oom: 'Its process ran out of memory.',
      killed: 'Its process was ended from outside, by the system or by somebody.',
      'launch-failed': 'Its process could not be started.',
      'integrity-failure': 'Its code is not what was installed.',
      other: 'Its process ended unexpectedly.',
    },
    exitCode: (code: number) => `Exit code ${code}.`,
    kept: 'Sessions, terminals and tasks go on: they run in the kernel and in their sandboxes, not in this page.',
    report: 'A report was written, and stays on this machine:',
    fix: 'Load the page again. If it happens again, look at the log, or start Cavern anew.',
    reload: 'Load again',
    logs: 'Look at the log',
  },
  updates: {
    title: 'Updates',
    ok: 'Close',
    current: (version: string) => `Cavern ${version} is the newest version.`,
    found: (version: string) => `Cavern ${version} is there.`,
    foundText: (current: string) =>
      `This is ${current}. The feed is signed by the publisher whose key you gave; what is downloaded is held against it.`,
    download: 'Download',
    later: 'Not now',
    ready: (version: string) => `Cavern ${version} is downloaded.`,
    readyText: 'It is installed when you start it anew. Sessions go on meanwhile.',
    restart: 'Start anew',
    failed: 'Cannot look for updates',
    off: 'Looking for updates is off.',
    offText: 'Turn it on in the settings, with the address of the feed and the publisher’s key.',
    settings: 'Open the settings',
    noInstaller: 'This copy was not installed by an installer that can be updated: get it where you got this one.',
  },
} as const;

/** The same keys, with any text and functions of the same parameters. */
type Shape<T> = {
  readonly [K in keyof T]: T[K] extends (...values: infer P) => string
    ? (...values: P) => string
    : T[K] extends string
      ? string
      : Shape<T[K]>;
};

/** A language that misses a key does not compile. */
export type DesktopMessages = Shape<typeof en>;
