import { describe, expect, it } from 'vitest';
import { runSteps } from './steps.mjs';

/** @param {Partial<import('./steps.mjs').Step> & { name: string }} parts */
const step = (parts) => ({ done: () => false, run: () => undefined, ...parts });

function recorder() {
  const written = /** @type {string[]} */ ([]);
  return { written, write: (/** @type {string} */ text) => written.push(text.replace(/\d+\.\d s/, 'N s')) };
}

describe('the steps', () => {
  it('do nothing twice', async () => {
    const output = recorder();
    const ran = /** @type {string[]} */ ([]);
    await runSteps(
      [
        step({ name: 'there', done: () => true, detail: () => '1.2', run: () => void ran.push('there') }),
        step({
          name: 'missing',
          run: (progress) => {
            ran.push('missing');
            progress('on it');
          },
        }),
      ],
      { output },
    );
    expect(ran).toEqual(['missing']);
    expect(output.written).toEqual(['✓ there 1.2 … already there\n', '… missing\n', '  on it\n', '✓ missing … N s\n']);
  });

  it('stop at the first that fails', async () => {
    const output = recorder();
    const fails = step({ name: 'fails', run: () => Promise.reject(new Error('no')) });
    const later = step({ name: 'later', run: () => Promise.reject(new Error('must not run')) });
    await expect(runSteps([fails, later], { output })).rejects.toThrow('no');
    expect(output.written).toEqual(['… fails\n', '✗ fails … N s\n']);
  });

  it('say nothing about what is there when they are asked to be quiet', async () => {
    const output = recorder();
    await runSteps([step({ name: 'there', done: () => true })], { output, quiet: 'when done' });
    expect(output.written).toEqual([]);
  });
});
