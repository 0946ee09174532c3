import { TaskFile, type TaskRequest } from '../../../schema/contract/task.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { schemaErrors } from '../policy/document-shape.ts';
import { parseYamlSource, type YamlSource } from '../policy/yaml-source.ts';
import { ownValidator } from '../validation/own-schema.ts';

const validator = ownValidator<TaskFile>(TaskFile, {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  strictTypes: false,
});

export interface ReadTaskFile {
  readonly tasks: readonly TaskRequest[];
  /** Adds to a refusal of the submission where in the file its task stands. */
  place(thrown: unknown): unknown;
}

/** Reads a file of tasks. `session` is for those that name none. @throws Fault `task_invalid` with line and column of all that is wrong */
export function readTaskFile(text: string, session: SessionId | undefined): ReadTaskFile {
  const source = parseYamlSource(text);
  if (Array.isArray(source)) throw invalid(source);
  const errors = schemaErrors(source, validator());
  if (errors.length > 0) throw invalid(errors);
  const file = source.value as TaskFile; // the validator has said so
  const fallback = session ?? file.session;
  const tasks = file.tasks.map((task) => (fallback === undefined ? task : { session: fallback, ...task }));
  return { tasks, place: (thrown) => placed(thrown, source, tasks) };
}

function placed(thrown: unknown, source: YamlSource, tasks: readonly TaskRequest[]): unknown {
  if (!(thrown instanceof Fault)) return thrown;
  const index = tasks.findLastIndex(({ name }) => thrown.message.includes(`task "${name}"`));
  if (index === -1) return thrown;
  const { line, column } = source.positionOf(['tasks', index]);
  const errors = [{ line, column, message: thrown.message }];
  return new Fault(thrown.code, `${thrown.message} (line ${line}, column ${column})`, {
    data: { errors },
    ...(thrown.fix === undefined ? {} : { fix: thrown.fix }),
  });
}

function invalid(errors: readonly { line: number; column: number; message: string }[]): Fault {
  const [first] = errors;
  const where = first === undefined ? '' : `line ${first.line}, column ${first.column}: ${first.message}`;
  return new Fault('task_invalid', `Cannot submit the file: ${where}`, { data: { errors } });
}
