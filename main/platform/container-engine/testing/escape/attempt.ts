/** One way out of a sandbox that has to be closed. */
export interface Attempt {
  /** What it tries; the test is called that. */
  readonly name: string;
  /** Runs inside, in bash. `$OUTSIDE` is the path on the host of a folder beside the workspace. */
  readonly script: string;
  /** What it prints, whole, where it was stopped; anything else is an escape. */
  readonly stopped: RegExp;
  /** The reason of the record that a guard of ours writes. The command itself is recorded in any case. */
  readonly refusal?: RegExp;
}

/** One call of the probe (probe.c), which prints `stopped` and why. */
export function probe(name: string, call: string): Attempt {
  return { name, script: `./probe ${call} /workspace/src/a.txt`, stopped: /^stopped [^\n]+\n$/ };
}

/** A shell command of which nothing may succeed: it prints what it got, or nothing. */
export function silent(name: string, script: string): Attempt {
  return { name, script: `{ ${script}\n} 2>/dev/null; true`, stopped: /^$/ };
}
