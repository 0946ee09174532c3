import type { Tool } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { describedProblem, type SchemaProblem } from '../../../schema/schema-problem.ts';

const OTHERS_LIMIT = 3;

/** What came of a tool and is not of its schema, said so that its author finds the place. */
export function invalidOutput(tool: Tool, problems: readonly SchemaProblem[], output: unknown): Fault {
  const [first = 'it is not of its schema', ...others] = problems
    .slice(0, 1 + OTHERS_LIMIT)
    .map((problem) => describedProblem(problem, output, 'the output'));
  const also = others.length === 0 ? '' : ` Also: ${others.join('; ')}.`;
  return new Fault('invalid_output', `Cannot answer ${tool.name}: ${first}`, {
    why: `It is not of the tool’s own output schema, so nobody was given it.${also}`,
    fix: `The plugin "${tool.plugin}" has to be mended, by its author: the tool, or what it says of its output.`,
    data: { errors: problems },
  });
}
