import type { Logger } from '../../base/logger.ts';

/** One thing to take away. It does nothing where the thing is not there. */
export interface TeardownStep {
  readonly name: string;
  run(): Promise<unknown>;
}

/** Runs every step, in order; one that fails does not stop the next. Gives the names of those that failed. */
export async function teardown(steps: readonly TeardownStep[], logger: Logger): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const step of steps) {
    try {
      await step.run();
    } catch (cause) {
      failed.push(step.name);
      logger.warn('a step of the clean-up failed; the next start tries again', { step: step.name, cause });
    }
  }
  return failed;
}
