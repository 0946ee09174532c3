import { type Command, stringOf } from '../command.ts';
import { usageFault } from '../print.ts';

export const serve: Command = {
  words: ['serve'],
  usage: 'serve',
  about: 'Run the kernel without a window until it is stopped',
  options: { port: { type: 'string' }, 'token-file': { type: 'string' } },
  positionals: [0, 0],
  async run(context) {
    if (stringOf(context, 'port') !== undefined || stringOf(context, 'token-file') !== undefined) {
      throw usageFault('Cannot serve HTTP: this version has no HTTP gateway yet, only the local socket', 'serve');
    }
    await context.serve((address) => context.stdout.write(`${JSON.stringify(address)}\n`));
    return 0;
  },
};
