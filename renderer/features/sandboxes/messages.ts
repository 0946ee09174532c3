export const messages = {
  title: 'What the sandbox uses',
  cpu: 'CPU',
  memory: 'Memory',
  processes: 'Processes',
  disk: 'Written',
  unknown: '–',
  ofProcessors: (limit: number) => `of ${limit} ${limit === 1 ? 'processor' : 'processors'} that its profile allows`,
  ofLimit: (limit: string) => `of ${limit} that its profile allows`,
  lastMinute: 'the last minute',
} as const;
