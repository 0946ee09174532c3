/** What a plugin does not build for, told to whoever writes it. */
export interface ToldProblem {
  /** Where, from the plugin's folder, and what. */
  readonly state: string;
  readonly why: string;
  readonly fix: string;
}

/** Thrown where a plugin's sources are at fault. */
export class BuildProblem extends Error {
  override readonly name = 'BuildProblem';
  readonly told: ToldProblem;

  constructor(told: ToldProblem) {
    super(told.state);
    this.told = told;
  }
}
