/** A law of the scheduler that was broken. */
export class BrokenLaw extends Error {
  override readonly name = 'BrokenLaw';
}
