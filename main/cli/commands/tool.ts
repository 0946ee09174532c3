import { text as readAll } from 'node:stream/consumers';
import { tool as area } from '../../../schema/contract/tool.ts';
import { Fault } from '../../../schema/fault.ts';
import { type Command, isSet, stringOf } from '../command.ts';
import { table, usageFault } from '../output/print.ts';
import { sessionArgument } from './sandbox/session.ts';
import { flag, value } from '../option.ts';

const CALL_USAGE = 'tool call NAME [JSON|-] --session S [--yes]';

const list: Command = {
  words: ['tool', 'list'],
  usage: 'tool list',
  about: area.members.list.about,
  positionals: [0, 0],
  document: '{ tools: [{ name, description, effects, … }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.tool.list({});
    const rows = document.tools.map((tool) => [tool.name, tool.effects.join(','), tool.description]);
    return { document, text: table([['TOOL', 'EFFECTS', 'WHAT IT DOES'], ...rows]) };
  },
};

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Fault('usage', 'Cannot call the tool: its input is not JSON', {
      why,
      fix: `Usage: cavern ${CALL_USAGE}`,
    });
  }
}

const call: Command = {
  words: ['tool', 'call'],
  usage: CALL_USAGE,
  about: area.members.call.about,
  options: {
    session: value('session', 'The session that is meant'),
    yes: flag('Answer a request for review with yes; that is recorded'),
  },
  positionals: [1, 2],
  takes: ['tool', 'text'],
  document:
    '{ result, decision, durationMs, overheadMs }; denied: { error: { code, message }, decision } and exit code 3',
  async run(context) {
    const [name = '', argument = '{}'] = context.positionals;
    const session = stringOf(context, 'session');
    if (session === undefined) throw usageFault('Cannot call the tool: --session is missing', CALL_USAGE);
    const input = parseInput(argument === '-' ? await readAll(process.stdin) : argument);
    const client = await context.connect();
    const events = client.tool.call(
      { session: sessionArgument(session), name, input },
      { signal: context.signal, review: isSet(context, 'yes') ? 'approve' : 'refuse' },
    );
    for await (const event of events) {
      if (event.type === 'progress') context.stderr.write(`${event.message}\n`);
      else if (event.type === 'output') context.stderr.write(event.text);
      else {
        const { type: _type, ...document } = event;
        return {
          document,
          text: `${typeof event.result === 'string' ? event.result : JSON.stringify(event.result, null, 2)}\n`,
        };
      }
    }
    throw new Fault('cancelled', `Cannot finish ${name}: it was cancelled`);
  },
};

export const toolCommands: readonly Command[] = [list, call];
