import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';

/**
 * The official inspector's command line, as often as it is asked: each line on standard input holds the arguments of one run,
 * and each line on standard output what it printed, or why it failed. A process for each would start for a second every time.
 */
const ENTRY = '@modelcontextprotocol/inspector/clients/cli/build/index.js';
// The package has no types; its launcher calls the same function with the same arguments.
const { runCli } = (await import(import.meta.resolve(ENTRY))) as { runCli(argv: readonly string[]): Promise<void> };

const write = stdout.write.bind(stdout);

async function run(args: readonly string[]): Promise<{ readonly printed: string; readonly failure?: string }> {
  let printed = '';
  stdout.write = (text: string | Uint8Array, ...rest: unknown[]): boolean => {
    printed += typeof text === 'string' ? text : Buffer.from(text).toString();
    const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined; // of the last parameter
    done?.();
    return true;
  };
  try {
    await runCli(['node', 'inspector', ...args]);
    return { printed };
  } catch (thrown) {
    return { printed, failure: thrown instanceof Error ? thrown.message : String(thrown) };
  } finally {
    stdout.write = write;
  }
}

for await (const line of createInterface({ input: stdin })) {
  // The test writes nothing else.
  write(`${JSON.stringify(await run(JSON.parse(line) as string[]))}\n`);
}
