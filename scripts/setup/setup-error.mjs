/** A step that cannot go on, told in three lines: what stopped, why, and what the operator does about it. */
export class SetupError extends Error {
  /** @param {{ what: string, why: string, remedy: string }} parts */
  constructor({ what, why, remedy }) {
    super(`${what}\n  why: ${why}\n  what to do: ${remedy}`);
    this.name = 'SetupError';
  }
}
