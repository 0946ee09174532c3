import { argv, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { toFault } from '../../../schema/fault.ts';
import { openTestHome } from './test-home.ts';

/**
 * The process whose system calls fault-injection.test.ts lets fail: for each line on standard input it appends one synced act
 * of that name and tells what became of it; `record NAME` hands over a buffered one, `state` tells whether it can write, and
 * `end` closes the home.
 */
const home = await openTestHome(argv[2] ?? '');
const tell = (answer: unknown): void => void stdout.write(`${JSON.stringify(answer)}\n`);

async function answer(line: string): Promise<unknown> {
  const { log } = home;
  if (line === 'state') return { writable: log.writable };
  if (line.startsWith('record ')) {
    log.record({ type: 'session_changed', actor: 'kernel', act: line.slice('record '.length) });
    return { recorded: true };
  }
  try {
    await log.append({ type: 'policy_changed', actor: 'operator', act: line, input: 'x'.repeat(300) });
    return { stored: line };
  } catch (thrown) {
    const { code, cause } = toFault(thrown);
    return { refused: line, code, cause: cause instanceof Error ? cause.message : String(cause) };
  }
}

tell({ ready: true });
for await (const line of createInterface({ input: stdin })) {
  if (line === 'end') break;
  tell(await answer(line));
}
await home[Symbol.asyncDispose]();
tell({ ended: true });
