import Type, { type Static } from 'typebox';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import { sandbox } from '../../../schema/contract/sandbox.ts';
import { session } from '../../../schema/contract/session.ts';
import { Sandbox, Session, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { runCommand } from './command-run.ts';
import { annotationsOf, type KernelTool } from './kernel-tool.ts';
import { ownTool } from './own-tool.ts';
import type { Reach } from './reach.ts';

export interface ToolParts {
  readonly client: Client<Areas>;
  readonly reach: Reach;
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

const { workspace, ...StartOptions } = session.members.create.input.properties;
const StartInput = Type.Object({
  workspace: Type.Optional(workspace),
  ...StartOptions,
  session: Type.Optional(
    Type.Unsafe<SessionId>({ ...SessionId, description: 'A session to go on with, in place of a new one' }),
  ),
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

async function start({ client, reach }: ToolParts, input: Static<typeof StartInput>, signal: AbortSignal) {
  const { session: named = reach.only, workspace = reach.workspace, ...options } = input;
  if (named !== undefined) {
    const known = await reach.session(named);
    return known.state === 'running' ? known : client.session.resume({ session: named }, { signal });
  }
  if (workspace === undefined) {
    throw new Fault('invalid_input', 'Cannot start a sandbox: the workspace is missing', {
      fix: 'Name an absolute path of a folder as `workspace`.',
    });
  }
  await reach.checkWorkspace(workspace);
  return client.session.create({ workspace, ...options }, { signal });
}

/** Sandboxes: start, look, run, stop. What they take and give is the contract's. */
export function sandboxTools(parts: ToolParts): KernelTool[] {
  const { client, reach } = parts;
  return [
    ownTool({
      name: 'sandbox_start',
      title: 'Start a sandbox',
      about: `${session.members.create.about}, or go on with one. Gives the session that every other tool takes. What is written in it changes a copy: the folder itself changes with changes_apply only.`,
      annotations: annotationsOf(session.members.create.effect),
      input: StartInput,
      output: Session,
      run: async (input, { signal }) => ({ structured: await start(parts, input, signal) }),
    }),
    ownTool({
      name: 'sandbox_run_code',
      title: 'Run code',
      about: 'Run a program in the sandbox of a session, in /workspace, and give what it printed',
      annotations: annotationsOf(sandbox.members.exec.effect),
      input: RunInput,
      output: CommandResult,
      async run({ language, code, args = [], ...options }, call) {
        await reach.session(options.session);
        return runCommand(client, { ...options, argv: [...INTERPRETERS[language], ...args], stdin: code }, call);
      },
    }),
    ownTool({
      name: 'sandbox_exec',
      title: 'Run a command',
      about: `${sandbox.members.exec.about}. No shell reads it: for pipes and the like, \`["bash", "-c", "…"]\`.`,
      annotations: annotationsOf(sandbox.members.exec.effect),
      input: ExecInput,
      output: CommandResult,
      async run(input, call) {
        await reach.session(input.session);
        return runCommand(client, input, call);
      },
    }),
    ownTool({
      name: 'sandbox_stop',
      title: 'Stop a sandbox',
      about: session.members.stop.about,
      annotations: annotationsOf(session.members.stop.effect),
      input: session.members.stop.input,
      output: Session,
      async run(input) {
        await reach.session(input.session);
        return { structured: await client.session.stop(input) };
      },
    }),
    ownTool({
      name: 'sandbox_list',
      title: 'List sandboxes',
      about: `${session.members.list.about}, and the sandboxes that they run in`,
      annotations: annotationsOf(session.members.list.effect),
      input: session.members.list.input,
      output: Type.Object({ sessions: Type.Array(Session), sandboxes: Type.Array(Sandbox) }),
      async run() {
        const [sessions, { sandboxes }] = await Promise.all([reach.sessions(), client.sandbox.list({})]);
        const ids = new Set<string>(sessions.map(({ id }) => id));
        return { structured: { sessions, sandboxes: sandboxes.filter(({ session }) => ids.has(session)) } };
      },
    }),
  ];
}
