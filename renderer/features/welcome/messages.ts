export const messages = {
  title: 'Open a folder',
  lead: 'Cavern gives a sandbox a copy-on-write view of the folder. The folder itself stays as it is until you merge.',
  pathLabel: 'Folder',
  pathPlaceholder: '/home/you/project',
  open: 'Start session',
  browse: 'Browse…',
  recent: 'Recent folders',
  checks: 'System checks',
  checking: 'Checking this machine…',
  recheck: 'Check again',
  allGood: 'Everything a session needs is in place.',
  someBad: (count: number) => (count === 1 ? 'One check failed.' : `${count} checks failed.`),
} as const;
