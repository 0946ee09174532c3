import { transformSync } from 'amaro';

interface SyntaxProblem {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
}

function isProblem(thrown: unknown): thrown is SyntaxProblem {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'message' in thrown &&
    typeof thrown.message === 'string' &&
    'startLine' in thrown &&
    typeof thrown.startLine === 'number' &&
    'startColumn' in thrown &&
    typeof thrown.startColumn === 'number'
  );
}

/** TypeScript without its types, every character where it was. Throws with line and column where it cannot be read. */
export function plainScript(text: string): string {
  try {
    return transformSync(text, { mode: 'strip-only' }).code;
  } catch (thrown) {
    if (!isProblem(thrown)) throw thrown;
    throw new Error(`line ${thrown.startLine}, column ${thrown.startColumn + 1}: ${thrown.message}`, { cause: thrown });
  }
}
