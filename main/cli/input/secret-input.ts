import { Fault } from '../../../schema/fault.ts';

const [ENTER, NEWLINE, END, INTERRUPT, BACKSPACE, DELETE] = ['\r', '\n', '\u0004', '\u0003', '\u0008', '\u007f'];

/** A secret from standard input: all of it without its last line end, or what is typed at a terminal, unseen. */
export async function readSecret(prompt: string): Promise<string> {
  if (process.stdin.isTTY) return typed(prompt);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer); // No encoding is set.
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

function typed(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const take = (chunk: Buffer): void => {
      for (const character of chunk.toString('utf8')) {
        if (character === INTERRUPT) {
          finish();
          return reject(new Fault('cancelled', 'Interrupted'));
        }
        if (character === ENTER || character === NEWLINE || character === END) {
          finish();
          return resolve(text);
        }
        text = character === BACKSPACE || character === DELETE ? text.slice(0, -1) : text + character;
      }
    };
    stdin.on('data', take);
  });
}
