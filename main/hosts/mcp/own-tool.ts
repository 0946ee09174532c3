import type { ToolAnnotations } from '@modelcontextprotocol/server';
import type { Static, TObject } from 'typebox';
import { Errors } from 'typebox/value';
import { Fault } from '../../../schema/fault.ts';
import type { KernelTool, ToolAnswer, ToolCall } from './kernel-tool.ts';

export interface OwnTool<I extends TObject> {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly annotations: ToolAnnotations;
  readonly input: I;
  readonly output: TObject;
  run(input: Static<I>, call: ToolCall): Promise<ToolAnswer>;
}

/** A tool that is made of calls of the contract. Its input is checked against its schema before it runs. */
export function ownTool<I extends TObject>({
  name,
  title,
  about,
  annotations,
  input,
  output,
  run,
}: OwnTool<I>): KernelTool {
  const closed = { ...input, additionalProperties: false };
  return {
    name,
    title,
    description: about,
    input: plain(closed),
    ...('session' in input.properties ? { sessionKey: 'session' } : {}),
    output: plain(output),
    annotations,
    async run(given, call) {
      const errors = Errors(closed, given);
      if (errors.length > 0) {
        const said = errors.map(({ instancePath, message }) => `${instancePath || 'the input'} ${message}`);
        throw new Fault('invalid_input', `Cannot call ${name}: ${said.slice(0, 5).join('; ')}`, {
          fix: 'Compare it with the schema of the tool.',
        });
      }
      // Checked on the line above.
      return run(given as Static<I>, call);
    },
  };
}

/** A schema as JSON, without what its library keeps in it. */
function plain(schema: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema)) as Record<string, unknown>; // an object stays one
}
