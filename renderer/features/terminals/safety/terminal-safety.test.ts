import headless from '@xterm/headless';
import { expect, test } from 'vitest';
import { isAnswer } from '../input/terminal-keys.ts';
import { cleanTitle } from './clean-title.ts';
import { clipboardRequest } from './clipboard-request.ts';

test('a title cannot hold what cannot be seen, turn text around or push the window about', () => {
  expect([
    cleanTitle('  make \x1b[31m \u202eexe.gpj \u200bx\n'),
    cleanTitle('\u2066\u2069\x07'),
    cleanTitle('é'.repeat(200)).length,
  ]).toEqual(['make [31m exe.gpj x', '', 80]);
});

test('a program may ask for a text to be copied, and never for what is in the clipboard', () => {
  expect([
    clipboardRequest(`c;${btoa('hello')}`),
    clipboardRequest(`;${btoa('hello')}`),
    clipboardRequest('c;?'),
    clipboardRequest('c;not base64!'),
    clipboardRequest(`c;${btoa('\xff\xfe')}`),
    clipboardRequest(`c;${btoa('x'.repeat(100_000))}`),
  ]).toEqual(['hello', 'hello', undefined, undefined, undefined, undefined]);
});

test('whatever a program asks the terminal, no answer holds text that the program chose', async () => {
  const terminal = new headless.Terminal({ allowProposedApi: true });
  const answers: string[] = [];
  terminal.onData((text) => answers.push(text));
  const evil = 'rm -rf ~;\r';
  // Titles, their stack and reports; settings, colours, the device's name; and strings of every kind.
  const asked = [
    `\x1b]0;${evil}\x07\x1b[21t\x1b[20t\x1b[22t\x1b[23t`,
    '\x1b[c\x1b[>c\x1b[=c\x1b[5n\x1b[6n\x1b[?6n\x1b[?15n\x1b[x',
    `\x1bP$q${evil}\x1b\\\x1bP$qm\x1b\\\x1bP+q${evil}\x1b\\`,
    `\x1b]10;?\x07\x1b]11;?\x07\x1b]4;1;?\x07\x1b]52;c;?\x07\x1b]9;${evil}\x07`,
    `\x1b[?2026$p\x1b[14t\x1b[18t\x1b_${evil}\x1b\\\x1b^${evil}\x1b\\\x05\x1bZ`,
  ];
  await new Promise<void>((done) => terminal.write(asked.join(''), done));
  expect(answers.filter((answer) => answer.includes('rm') || /[\r\n]/.test(answer))).toEqual([]);
  expect(answers.filter((answer) => !isAnswer(answer))).toEqual([]);
  expect(answers.length).toBeGreaterThan(3);
});
