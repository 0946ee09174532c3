import Type, { type Static } from 'typebox';

export const FrameworkName = Type.Union([
  Type.Literal('vitest'),
  Type.Literal('jest'),
  Type.Literal('mocha'),
  Type.Literal('node'),
  Type.Literal('pytest'),
  Type.Literal('go'),
  Type.Literal('cargo'),
  Type.Literal('script'),
]);
export type FrameworkName = Static<typeof FrameworkName>;

export const TestResult = Type.Object({
  name: Type.String({ description: 'With the names of the groups it is in' }),
  file: Type.Optional(Type.String({ description: 'Relative to the workspace where it lies there' })),
  state: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('skipped')]),
  durationMs: Type.Optional(Type.Number()),
  message: Type.Optional(Type.String({ description: 'Why it failed or was skipped' })),
});
export type TestResult = Static<typeof TestResult>;

/** What a framework's report says. `problems` are failures outside of any test, such as a file that does not load. */
export interface TestReport {
  readonly tests: readonly TestResult[];
  readonly problems: readonly string[];
}

export const NO_REPORT: TestReport = { tests: [], problems: [] };

/** Joins the names of groups and test as people read them. */
export function fullName(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' › ');
}
