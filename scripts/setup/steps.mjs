import { performance } from 'node:perf_hooks';

/**
 * One thing a working checkout needs. `run` may be interrupted anywhere: `done` stays false until all of it is in its place.
 * @typedef {object} Step
 * @property {string} name
 * @property {() => boolean | Promise<boolean>} done cheap, and without the network
 * @property {(progress: (text: string) => void) => void | Promise<void>} run
 * @property {() => string} [detail] what is there once it is done, for instance a version
 * @property {string} [lane] steps of one lane run in order, at the same time as those of another lane that stand next to them
 */

/** @typedef {{ write: (text: string) => unknown, isTTY?: boolean | undefined }} Output */

/**
 * Runs the steps that are not done, in order, with a line for each: what it is and how long it took.
 * @param {readonly Step[]} steps
 * @param {{ output?: Output, quiet?: 'when done' }} [options] with `quiet` a step that is already done prints nothing
 * @throws what the failing step threw; the steps after it do not run, but another lane that has begun is gone to its end
 */
export async function runSteps(steps, { output = process.stderr, quiet } = {}) {
  for (let rest = [...steps]; rest.length > 0; ) {
    const others = rest.findIndex((step) => step.lane === undefined);
    const together = rest.splice(0, others === -1 ? rest.length : Math.max(1, others));
    const lanes = [...new Set(together.map(({ lane }) => lane))];
    const ended = await Promise.allSettled(
      lanes.map((lane) =>
        runLane(
          together.filter((step) => step.lane === lane),
          { output, quiet },
        ),
      ),
    );
    const failed = ended.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/**
 * @param {readonly Step[]} steps
 * @param {{ output: Output, quiet: 'when done' | undefined }} options
 */
async function runLane(steps, { output, quiet }) {
  for (const step of steps) {
    const startedMs = performance.now();
    if (await step.done()) {
      if (quiet === undefined) output.write(line('✓', step, 'already there'));
      continue;
    }
    output.write(`… ${step.name}\n`);
    const whose = step.lane === undefined ? '' : `${step.name}: `;
    try {
      await step.run((text) => output.write(`  ${whose}${text}\n`));
    } catch (error) {
      output.write(line('✗', step, seconds(startedMs)));
      throw error;
    }
    output.write(line('✓', step, seconds(startedMs)));
  }
}

/**
 * @param {string} mark
 * @param {Step} step
 * @param {string} outcome
 */
function line(mark, step, outcome) {
  const detail = mark === '✓' ? (step.detail?.() ?? '') : '';
  return `${mark} ${step.name}${detail === '' ? '' : ` ${detail}`} … ${outcome}\n`;
}

/** @param {number} startedMs */
function seconds(startedMs) {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}
