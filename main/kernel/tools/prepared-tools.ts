import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Tool } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { RegisteredTool, ToolSource } from './ports.ts';
import { problemsOf, toolSchemaCompiler } from './tool-schema.ts';

/** A tool with its validators. */
export interface PreparedTool extends RegisteredTool {
  readonly input: ValidateFunction;
  readonly output: ValidateFunction;
}

/** A compiler holds all that it ever compiled, and a plugin that is read again brings new schemas. Beyond so many a new one begins with what is called then. */
const COMPILED_LIMIT = 256;

/** Compiles the schemas of each tool once, when it is first called. */
export class PreparedTools {
  readonly #source: Pick<ToolSource, 'tool'>;
  #compile = toolSchemaCompiler();
  #compiled = 0;
  readonly #prepared = new Map<string, PreparedTool>();

  constructor(source: Pick<ToolSource, 'tool'>) {
    this.#source = source;
  }

  /** Throws `tool_unknown`. */
  async get(name: string): Promise<PreparedTool> {
    const found = await this.#source.tool(name);
    if (found === undefined) {
      throw new Fault('tool_unknown', `Cannot call "${name}": there is no such tool`, {
        fix: 'List them: cavern tool list',
      });
    }
    const known = this.#prepared.get(name);
    if (known !== undefined && known.tool === found.tool) return known;
    if (this.#compiled >= COMPILED_LIMIT) {
      this.#compile = toolSchemaCompiler();
      this.#compiled = 0;
      this.#prepared.clear();
    }
    this.#compiled += 1;
    const output = found.tool.output as Record<string, unknown>; // the manifest's schema says so
    const prepared: PreparedTool = {
      ...found,
      input: this.#compile(inputSchema(found.tool)),
      output: this.#compile(output),
    };
    this.#prepared.set(name, prepared);
    return prepared;
  }
}

export function inputSchema(tool: Tool): Record<string, unknown> {
  return tool.input as Record<string, unknown>; // the manifest's schema says so
}

/** A copy of the input with its defaults. Throws `invalid_input` with JSON pointers. */
export function validInput({ tool, input }: PreparedTool, given: unknown): unknown {
  const copy: unknown = structuredClone(given);
  if (input(copy)) return copy;
  const errors = problemsOf(input);
  const first = errors[0];
  throw new Fault(
    'invalid_input',
    `Cannot call ${tool.name}: ${first?.pointer || 'the input'} ${first?.message ?? 'is wrong'}`,
    {
      data: { errors },
    },
  );
}
