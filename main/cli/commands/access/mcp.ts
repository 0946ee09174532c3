import { resolve } from 'node:path';
import { type AgentProgram, agentPrograms, agentServer } from '../../../../schema/mcp/agent-programs.ts';
import { type Command, stringOf } from '../../command.ts';
import { table, usageFault } from '../../output/print.ts';
import { value } from '../../option.ts';

const USAGE = 'mcp [DIR…] [--session S] [--ask client|window]';
const CONFIG_USAGE = 'mcp config [PROGRAM] [DIR…] [--session S] [--ask client|window]';
const options = {
  session: value('session', 'The only session that the agent may use'),
  ask: value(['client', 'window'], 'Where a person is asked: also through the agent’s program, or only in the window'),
} as const;

function questionsOf(ask: string | undefined): 'client' | 'window' {
  if (ask === undefined || ask === 'client') return 'client';
  if (ask === 'window') return 'window';
  throw usageFault(`Cannot ask a person at "${ask}"`, USAGE);
}

const serve: Command = {
  words: ['mcp'],
  usage: USAGE,
  about: 'Serve an agent through the Model Context Protocol on standard input and output; DIR: folders it may work on',
  options,
  positionals: [0, Number.POSITIVE_INFINITY],
  takes: ['folder'],
  document: null,
  async run(context) {
    const folders = context.positionals.length === 0 ? ['.'] : context.positionals;
    await context.serveAgent({
      workspaces: folders.map((folder) => resolve(folder)),
      session: stringOf(context, 'session'),
      questions: questionsOf(stringOf(context, 'ask')),
    });
    return 0;
  },
};

function programNamed(name: string): AgentProgram {
  const found = agentPrograms.find(({ id }) => id === name);
  if (found !== undefined) return found;
  throw usageFault(
    `Cannot write a configuration for "${name}": known are ${agentPrograms.map(({ id }) => id).join(', ')}`,
    CONFIG_USAGE,
  );
}

const config: Command = {
  words: ['mcp', 'config'],
  usage: CONFIG_USAGE,
  about: 'Print what makes a program that steers a model start `cavern mcp`; the programs without PROGRAM',
  options,
  positionals: [0, Number.POSITIVE_INFINITY],
  takes: ['text', 'folder'],
  document:
    '{ programs: [{ id, title, file, format }] }, or { program, file, format, block, server: { command, args } }',
  async run(context) {
    const [name, ...folders] = context.positionals;
    if (name === undefined) {
      const document = { programs: agentPrograms.map(({ id, title, file, format }) => ({ id, title, file, format })) };
      const rows = agentPrograms.map(({ id, title, file }) => [id, title, file]);
      return { document, text: table([['PROGRAM', 'NAME', 'FILE'], ...rows]) };
    }
    const program = programNamed(name);
    const session = stringOf(context, 'session');
    const ask = questionsOf(stringOf(context, 'ask'));
    const [command, ...args] = context.program;
    const home = stringOf(context, 'home') ?? process.env['CAVERN_HOME'];
    const server = agentServer({
      program: { command, args },
      folders: folders.map((folder) => resolve(folder)),
      session,
      ask: ask === 'client' ? undefined : ask,
      home: home === undefined ? undefined : resolve(home),
    });
    const block = program.block(server);
    const { id, file, format } = program;
    return { document: { program: id, file, format, block, server }, text: block };
  },
};

export const mcpCommands: readonly Command[] = [serve, config];
