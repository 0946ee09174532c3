import { Fault } from '../../../schema/fault.ts';
import { CORE_TAG, type RegisteredTool, type ToolSource } from './ports.ts';
import { SchemaCheck, type SchemaWork } from './schema-check.ts';
import { toolSchemaCompiler } from './tool-schema.ts';

/** A tool with what it takes and gives. */
export interface PreparedTool extends RegisteredTool {
  readonly input: SchemaCheck;
  readonly output: SchemaCheck;
}

/** An input with its defaults, and every path in it. */
export interface ValidInput {
  readonly value: unknown;
  readonly paths: readonly string[];
}

/** A compiler holds all that it ever compiled, and a plugin that is read again brings new schemas. Beyond so many a new one begins with what is called then. */
const COMPILED_LIMIT = 256;

const compilers = () => ({ input: toolSchemaCompiler('all'), output: toolSchemaCompiler('first') });

/** Compiles the schemas of each tool once, when it is first called. */
export class PreparedTools {
  readonly #source: Pick<ToolSource, 'tool'>;
  readonly #work: SchemaWork;
  #compile = compilers();
  #compiled = 0;
  readonly #prepared = new Map<string, PreparedTool>();

  constructor(source: Pick<ToolSource, 'tool'>, work: SchemaWork) {
    this.#source = source;
    this.#work = work;
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
      this.#compile = compilers();
      this.#compiled = 0;
      this.#prepared.clear();
    }
    this.#compiled += 1;
    const { plugin, input, output } = found.tool;
    const author = found.tags.includes(CORE_TAG) ? 'trusted' : 'foreign';
    const common = { author, plugin, work: this.#work } as const;
    const prepared: PreparedTool = {
      ...found,
      input: new SchemaCheck(schemaOf(input), {
        ...common,
        tell: 'all',
        paths: 'looked for',
        compile: this.#compile.input,
      }),
      output: new SchemaCheck(schemaOf(output), {
        ...common,
        tell: 'first',
        paths: 'left',
        compile: this.#compile.output,
      }),
    };
    this.#prepared.set(name, prepared);
    return prepared;
  }
}

function schemaOf(of: unknown): Record<string, unknown> {
  return of as Record<string, unknown>; // the manifest's schema says so
}

/** A copy of the input with its defaults. Throws `invalid_input` with JSON pointers, `schema_too_costly`. */
export async function validInput({ tool, input }: PreparedTool, given: unknown): Promise<ValidInput> {
  const answer = await input.check(structuredClone(given));
  if (answer.ok) return answer;
  const errors = answer.problems;
  const first = errors[0];
  throw new Fault(
    'invalid_input',
    `Cannot call ${tool.name}: ${first?.pointer || 'the input'} ${first?.message ?? 'is wrong'}`,
    { data: { errors } },
  );
}
