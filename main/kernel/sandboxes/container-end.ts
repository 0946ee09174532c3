import type { Failure } from '../../../schema/entities.ts';
import type { ContainerState } from './container-runtime.ts';

const SIGKILL_EXIT_CODE = 137;

/** Memory that ran out longer ago than this is not what ended a container. */
const OUT_OF_MEMORY_COUNTS_MS = 10_000;

/** Why a container ended that nobody here ended; `outOfMemoryAtMs`: when the engine or the agent said last that memory ran out. */
export function endFailure(options: {
  readonly sandbox: string;
  readonly state: ContainerState | undefined;
  readonly exitCode: number | undefined;
  readonly outOfMemoryAtMs: number | undefined;
  readonly nowMs: number;
}): Failure {
  const { sandbox, state } = options;
  const exitCode = options.exitCode ?? state?.exitCode;
  const failure = (what: string, why: string, fix: string): Failure => ({
    code: 'sandbox_failed',
    message: `Sandbox "${sandbox}" ended: ${what}`,
    why,
    fix,
  });
  const resume = 'Resume the session; its changes are kept.';
  const { outOfMemoryAtMs = Number.NEGATIVE_INFINITY, nowMs } = options;
  const ranOut = nowMs - outOfMemoryAtMs < OUT_OF_MEMORY_COUNTS_MS;
  if (exitCode === SIGKILL_EXIT_CODE && (ranOut || state?.outOfMemory === true)) {
    return failure(
      'out of memory',
      'Its processes used more memory than its profile allows.',
      `${resume} Use less memory, or a profile with more.`,
    );
  }
  if (exitCode === SIGKILL_EXIT_CODE) {
    return failure('it was killed', 'Something outside of Cavern killed it, or the engine was restarted.', resume);
  }
  if (state === undefined && exitCode === undefined) {
    return failure('its container is gone', 'Something outside of Cavern removed it.', resume);
  }
  return failure(
    `its agent ended with code ${exitCode ?? 'unknown'}`,
    'The first process inside came to an end.',
    resume,
  );
}
