import type { Command } from '../command.ts';

export const bench: Command = {
  words: ['bench'],
  usage: 'bench NAME [--engine docker|podman]',
  about: 'Measure one part next to its floors, all in the same run',
  options: { engine: { type: 'string' } },
  positionals: [1, 1],
  run(context) {
    const engine = context.values['engine'];
    const [name = ''] = context.positionals;
    return context.offline.bench([
      name,
      ...(typeof engine === 'string' ? ['--engine', engine] : []),
      ...(context.json ? ['--json'] : []),
    ]);
  },
};
