import { inLanguage } from '../../ui/language.ts';

const english = {
  title: 'What the sandbox uses',
  cpu: 'CPU',
  memory: 'Memory',
  processes: 'Processes',
  disk: 'Written',
  unknown: '–',
  ofProcessors: (limit: number) => `of ${limit} ${limit === 1 ? 'processor' : 'processors'} that its profile allows`,
  ofLimit: (limit: string) => `of ${limit} that its profile allows`,
  network: 'Network',
  throughProxy: (received: string, sent: string, connections: number) =>
    `through its proxy: ${received} received, ${sent} sent, ${connections === 1 ? '1 connection' : `${connections} connections`} open`,
  lastMinute: 'the last minute',
  noSandbox: 'No sandbox',
  noSandboxText: 'This session has none at the moment. What the last one did is below.',
  facts: 'Sandbox',
  plots: 'Use',
  phases: 'Start',
  events: 'Events',
  noEvents: 'Nothing has happened to it yet.',
  eventNames: {
    sandbox_created: 'starting',
    sandbox_started: 'running',
    sandbox_stopped: 'stopping',
    sandbox_failed: 'failed',
    sandbox_destroyed: 'ended',
    terminal_opened: 'terminal opened',
    terminal_closed: 'terminal closed',
  },
  networkEvents: { refused: 'network refused', allowed: 'network allowed', ended: 'network ended' },
  log: 'Log of its first process',
  emptyLog: 'It printed nothing.',
  refreshLog: 'Read the log again',
  logUnreadable: (why: string) => `The log cannot be read: ${why}`,
  records: 'Show all its records',
  pause: 'Pause',
  pauseAbout: 'All that runs in it stands still and keeps its memory; what is asked of it waits',
  resume: 'Go on',
  paused: 'Paused',
  openInEditor: 'Open in editor',
  openInEditorAbout:
    'Opens a read-only copy of the workspace as the sandbox sees it; the copy follows what the session does',
  openedInEditor: (files: number, leftOut: number) =>
    `Opened ${files === 1 ? '1 file' : `${files.toLocaleString('en-GB')} files`} in your editor, read-only${leftOut === 0 ? '' : `; ${leftOut.toLocaleString('en-GB')} could not be copied`}`,
  states: {
    creating: 'Starting',
    running: 'Running',
    stopping: 'Stopping',
    destroyed: 'Ended',
    failed: 'Failed',
  },
  factNames: {
    state: 'State',
    profile: 'Profile',
    image: 'Image',
    engine: 'Engine',
    container: 'Container',
    started: 'Started',
    network: 'Network',
    limits: 'Limits',
  },
  networks: { none: 'none but its own loopback', restricted: 'what the policy lists, through the proxy' },
  limits: (memory: string, cpus: number, pids: string, disk: string) =>
    `${memory} memory, ${cpus} ${cpus === 1 ? 'processor' : 'processors'}, ${pids} processes, ${disk} written`,
} as const;

export const messages = inLanguage('sandboxes', english);
