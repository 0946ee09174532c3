import type { Fault } from '../../schema/fault.ts';

/** Exit codes of Cavern's own outcomes (docs/cli.md); `run` and `shell` pass the command's own code through. */
export const EXIT = { ok: 0, failed: 1, usage: 2, denied: 3, needsReview: 4, engine: 5, interrupted: 130 } as const;

/** What they mean to a person. */
export const EXIT_CODES: readonly (readonly [code: number, about: string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'failed'],
  [EXIT.usage, 'usage'],
  [EXIT.denied, 'denied'],
  [EXIT.needsReview, 'needs review'],
  [EXIT.engine, 'engine unavailable'],
  [EXIT.interrupted, 'interrupted'],
];

const BY_CODE: Record<string, number> = {
  usage: EXIT.usage,
  invalid_input: EXIT.usage,
  invalid_setting: EXIT.usage,
  denied: EXIT.denied,
  needs_review: EXIT.needsReview,
  engine_unavailable: EXIT.engine,
  engine_forbidden: EXIT.engine,
  image_missing: EXIT.engine,
  cancelled: EXIT.interrupted,
};

export function exitCodeOf(fault: Fault): number {
  return BY_CODE[fault.code] ?? EXIT.failed;
}
