import Type from 'typebox';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import { sandbox } from '../../../schema/contract/sandbox.ts';
import { SessionId } from '../../../schema/entities.ts';
import { runCommand } from './command-run.ts';
import { annotationsOf, type KernelTool } from './kernel-tool.ts';
import { ownTool } from './own-tool.ts';
import type { Place } from './place.ts';

export interface ToolParts {
  readonly client: Client<Areas>;
  readonly place: Place;
}

/** What starts each language: the program comes on its standard input, and its arguments behind. */
const INTERPRETERS = {
  python: ['python3', '-'],
  javascript: ['node', '-'],
  bash: ['bash', '-s', '--'],
} as const;

const { stdinBase64: _stdin, argv, ...ExecOptions } = sandbox.members.exec.input.properties;
const { session: _session, ...RunOptions } = ExecOptions;
const CommandResult = Type.Object({
  stdout: Type.String(),
  stderr: Type.String(),
  exitCode: Type.Integer({ description: '128 + signal where a signal ended it' }),
  timedOut: Type.Boolean(),
  outOfMemory: Type.Boolean(),
  exceeded: Type.Array(Type.String(), { description: 'Limits of the sandbox that were met' }),
  durationMs: Type.Number(),
  truncated: Type.Boolean({ description: 'Output is missing in the middle' }),
});

const ExecInput = Type.Object({
  ...ExecOptions,
  argv,
  stdin: Type.Optional(Type.String({ description: 'What the command reads on its standard input' })),
});
const RunInput = Type.Object({
  session: SessionId,
  language: Type.Union(languages().map((name) => Type.Literal(name))),
  code: Type.String({ minLength: 1, description: 'The whole program' }),
  args: Type.Optional(Type.Array(Type.String(), { description: 'Its arguments' })),
  ...RunOptions,
});

function languages(): (keyof typeof INTERPRETERS)[] {
  // The keys of a constant are just those of its type.
  return Object.keys(INTERPRETERS) as (keyof typeof INTERPRETERS)[];
}

/** Running code and commands in a sandbox. What they take and give is the contract's, with text in place of bytes. */
export function runTools({ client, place }: ToolParts): KernelTool[] {
  const { about, effect } = sandbox.members.exec;
  return [
    ownTool({
      name: 'sandbox_run_code',
      title: 'Run code',
      about: 'Run a program in the sandbox of a session, in /workspace, and give what it printed',
      annotations: annotationsOf(effect),
      input: RunInput,
      output: CommandResult,
      async run({ language, code, args = [], ...options }, call) {
        await place.check(options.session);
        return runCommand(client, { ...options, argv: [...INTERPRETERS[language], ...args], stdin: code }, call);
      },
    }),
    ownTool({
      name: 'sandbox_exec',
      title: 'Run a command',
      about: `${about}. No shell reads it: for pipes and the like, \`["bash", "-c", "…"]\`.`,
      annotations: annotationsOf(effect),
      input: ExecInput,
      output: CommandResult,
      async run(input, call) {
        await place.check(input.session);
        return runCommand(client, input, call);
      },
    }),
  ];
}
