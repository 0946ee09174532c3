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

  it('of two lanes run at the same time, in order in each, and the next waits for both', async () => {
    const output = recorder();
    const ran = /** @type {string[]} */ ([]);
    let began = () => {};
    const other = new Promise((done) => (began = () => done(undefined)));
    const waits = async () => {
      await other;
      ran.push('a1');
    };
    await runSteps(
      [
        step({ name: 'a1', lane: 'a', run: waits }),
        step({ name: 'a2', lane: 'a', run: () => void ran.push('a2') }),
        step({ name: 'b', lane: 'b', run: () => began() }),
        step({ name: 'last', run: () => void ran.push('last') }),
      ],
      { output },
    );
    expect(ran).toEqual(['a1', 'a2', 'last']);
    expect(output.written.at(-1)).toBe('✓ last … N s\n');
  });

  it('of one lane go to their end where another lane fails, and the next does not begin', async () => {
    const ran = /** @type {string[]} */ ([]);
    const steps = [
      step({ name: 'fails', lane: 'a', run: () => Promise.reject(new Error('no')) }),
      step({ name: 'b', lane: 'b', run: () => void ran.push('b') }),
      step({ name: 'last', run: () => void ran.push('last') }),
    ];
    await expect(runSteps(steps, { output: recorder() })).rejects.toThrow('no');
    expect(ran).toEqual(['b']);
  });

  it('say nothing about what is there when they are asked to be quiet', async () => {
    const output = recorder();
    await runSteps([step({ name: 'there', done: () => true })], { output, quiet: 'when done' });
    expect(output.written).toEqual([]);
  });
});
