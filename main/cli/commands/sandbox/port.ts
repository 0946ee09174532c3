import { type OpenPort, port as area } from '../../../../schema/contract/port.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { table, usageFault } from '../../output/print.ts';
import { sessionArgument } from './session.ts';
import { flag, value } from '../../option.ts';

const OPEN_USAGE = 'sandbox port open SESSION PORT [--local PORT] [--detach]';
const CLOSE_USAGE = 'sandbox port close SESSION PORT';

function portArgument(text: string | undefined, usage: string): number {
  if (text !== undefined && /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw usageFault(`Cannot read the port "${text ?? ''}": it is no number from 1 to 65535`, usage);
}

/** Waits until the port is closed by somebody, its sandbox has ended, or the operator has had enough. */
async function hold(context: CommandContext, { session, port }: OpenPort): Promise<void> {
  const client = await context.connect();
  try {
    for await (const { open } of client.port.watch({ session }, { signal: context.signal })) {
      if (!open.some((each) => each.port === port)) return;
    }
  } catch (thrown) {
    // The sandbox has ended, and the port with it.
    if (!context.signal.aborted) throw thrown;
  } finally {
    await client.port.close({ session, port }).catch(() => undefined);
  }
}

const open: Command = {
  words: ['sandbox', 'port', 'open'],
  usage: OPEN_USAGE,
  about: `${area.members.open.about}; it is closed by Ctrl-C, with --detach when the sandbox ends`,
  options: {
    local: value('number', 'The port of this machine; a free one without'),
    detach: flag('Leave it open until the sandbox ends'),
  },
  positionals: [2, 2],
  takes: ['session', 'number'],
  document: '{ session, port, localPort, url, openedAt, connections }; stays until Ctrl-C, unless --detach',
  async run(context) {
    const [session, text] = context.positionals;
    const local = stringOf(context, 'local');
    const order = { session: sessionArgument(session), port: portArgument(text, OPEN_USAGE) };
    const client = await context.connect();
    const document = await client.port.open(
      { ...order, ...(local === undefined ? {} : { localPort: portArgument(local, OPEN_USAGE) }) },
      { signal: context.signal },
    );
    const said = `port ${document.port} is open at ${document.url}\n`;
    if (isSet(context, 'detach')) return { document, text: said };
    context.stdout.write(context.json ? `${JSON.stringify(document)}\n` : said);
    await hold(context, document);
    return 0;
  },
};

const list: Command = {
  words: ['sandbox', 'port', 'list'],
  usage: 'sandbox port list SESSION',
  about: area.members.list.about,
  positionals: [1, 1],
  takes: ['session'],
  document: '{ open: [{ port, localPort, url, … }], listening: [port] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.port.list({ session: sessionArgument(context.positionals[0]) });
    const { open: opened, listening } = document;
    const rows = [
      ...opened.map(({ port, url, connections }) => [String(port), url, String(connections)]),
      ...listening
        .filter((port) => !opened.some((each) => each.port === port))
        .map((port) => [String(port), 'not open', '']),
    ];
    const text = rows.length === 0 ? 'no ports\n' : table([['PORT', 'AT', 'CONNECTIONS'], ...rows]);
    return { document, text };
  },
};

const close: Command = {
  words: ['sandbox', 'port', 'close'],
  usage: CLOSE_USAGE,
  about: area.members.close.about,
  positionals: [2, 2],
  takes: ['session', 'number'],
  document: '{ closed }',
  async run(context) {
    const session: SessionId = sessionArgument(context.positionals[0]);
    const port = portArgument(context.positionals[1], CLOSE_USAGE);
    const client = await context.connect();
    const document = await client.port.close({ session, port });
    return { document, text: document.closed ? `closed port ${port}\n` : `port ${port} was not open\n` };
  },
};

export const portCommands: readonly Command[] = [open, list, close];
