export const messages = {
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
} as const;
