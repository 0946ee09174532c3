import type { Command } from '../../command.ts';
import { value } from '../../option.ts';

export const bench: Command = {
  words: ['bench'],
  usage: 'bench NAME [--engine docker|podman]',
  about: 'Measure one part next to its floors, all in the same run',
  options: { engine: value(['docker', 'podman'], 'The container engine to measure') },
  positionals: [1, 1],
  takes: ['text'],
  document: '{ name, engine?, machine, samples, metrics: { key: { p50, p99, unit, floor?, ratio?, peers? } } }',
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
