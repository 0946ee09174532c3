import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { MCP_BRIDGE } from '../../../../schema/mcp/server-program.ts';
import type { CommandContext, Result } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { printable } from '../../output/printable.ts';
import { Capture } from '../run/capture.ts';

const DRAFT_LIMIT_BYTES = 8 * 1024 * 1024;
const DRAFT_LIMIT_MS = 120_000;

export interface DraftOrder {
  readonly folder: string;
  readonly id: string;
  readonly publisher: string;
  readonly license: string;
  /** The absolute path of the server's entry. */
  readonly server: string;
}

/** Makes a plugin of an MCP server: what it offers is asked in a sandbox, and never on this machine. */
export async function draftMcpPlugin(context: CommandContext, order: DraftOrder): Promise<Result> {
  const { folder, id, publisher, license, server } = order;
  const { plugins } = context.offline;
  const { entry, program, undo } = plugins.layServer({ folder, server });
  const { draft, notes } = await draftOf(context, { folder, id, entry, program }).catch((thrown: unknown) => {
    undo();
    throw thrown;
  });
  const files = [entry, ...plugins.writeMcp({ folder, draft, publisher, license })];
  const { problems } = await plugins.check(folder);
  const said = problems.map(({ path, code, message }) => `${path}: ${code}: ${message}\n`).join('');
  const text = `${files.map((file) => `${file}\n`).join('')}${printable(notes)}${said}`;
  return {
    document: { folder, files, notes, errors: problems },
    text,
    exitCode: problems.length === 0 ? EXIT.ok : EXIT.failed,
  };
}

interface Asked {
  readonly folder: string;
  readonly id: string;
  readonly entry: string;
  readonly program?: 'binary' | undefined;
}

async function draftOf(context: CommandContext, asked: Asked): Promise<{ draft: string; notes: string }> {
  const client = await context.connect();
  context.progress.say('asking the server for its tools, in a sandbox');
  const { id: session } = await client.session.create({ workspace: asked.folder }, { signal: context.signal });
  try {
    return await ask(context, { client, session, ...asked });
  } finally {
    context.progress.clear();
    await client.session.remove({ session });
  }
}

async function ask(
  context: CommandContext,
  { client, session, id, entry, program }: Asked & { readonly client: Client<Areas>; readonly session: SessionId },
): Promise<{ draft: string; notes: string }> {
  const captures = { stdout: new Capture(DRAFT_LIMIT_BYTES), stderr: new Capture(DRAFT_LIMIT_BYTES) };
  const by = program === undefined ? [] : ['--program', program];
  const argv = ['node', MCP_BRIDGE, ...by, '--manifest', id, entry, ...context.rest];
  const events = client.sandbox.exec({ session, argv, timeoutMs: DRAFT_LIMIT_MS }, { signal: context.signal });
  for await (const event of events) {
    if (event.type !== 'exit') {
      captures[event.stream].take(Buffer.from(event.base64, 'base64'));
      continue;
    }
    const { stdout, stderr } = captures;
    if (event.exitCode === 0 && !stdout.truncated) return { draft: stdout.text, notes: stderr.text };
    throw new Fault('draft_failed', `Cannot make a plugin of "${entry}": it does not answer as an MCP server`, {
      why: printable(stderr.end.trim()).slice(-2000),
      fix: 'Give it what it is started with behind --; a server in several files lies in the folder with all of them.',
    });
  }
  throw new Fault('cancelled', 'Cannot make the plugin: its sandbox ended first');
}
