import { Socket } from 'node:net';
import { basename, isAbsolute, posix } from 'node:path';
import { servePlugin } from '../../../plugins/sdk/src/serve-plugin.ts';
import { SERVER_PROGRAMS } from '../../../schema/mcp/server-program.ts';
import { bridgedPlugin } from './bridged-plugin.ts';
import { McpServer } from './mcp-server.ts';
import { ServerLog } from './server-log.ts';

const DRAFT = '--manifest';
const PROGRAM = '--program';
const VARIABLE = '--env';

/**
 * `mcp-bridge ENTRY [ARG …]` starts an MCP server and serves its tools on descriptor 3, as a plugin of the SDK does.
 * `mcp-bridge --manifest ID ENTRY [ARG …]` prints a manifest for it instead. `--program P` before either
 * says what runs the entry, and `--env NAME=VALUE` after that is a variable of the server, and not of the bridge.
 */
async function main(argv: readonly string[]): Promise<void> {
  const program = SERVER_PROGRAMS.find((known) => argv[0] === PROGRAM && known === argv[1]);
  const { env, rest } = variablesOf(program === undefined ? argv : argv.slice(2));
  const [id, given] = rest[0] === DRAFT ? [rest[1], rest.slice(2)] : [undefined, rest];
  const [entry, ...args] = given;
  if (entry === undefined) throw new Error('no entry is given');
  const workspace = process.env['CAVERN_WORKSPACE'] ?? process.cwd();
  const onEnd = (): never => fail('the MCP server has ended');
  const log = new ServerLog((line) => process.stderr.write(line));
  const starting = McpServer.start({ entry, program, args, env, workspace, log, onEnd });
  if (id === undefined) {
    serve(starting, workspace);
    await starting;
    return;
  }
  const server = await starting;
  const { manifestDraft } = await import('./manifest-draft.ts');
  const packed = isAbsolute(entry) ? basename(entry) : posix.normalize(entry);
  const { manifest, notes } = manifestDraft(server, { id, entry: packed, program, args });
  process.stderr.write(notes.map((note) => `${note}\n`).join(''));
  process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  await server.close();
}

/** The variables that come first, and what comes after. */
function variablesOf(argv: readonly string[]): { env: Record<string, string>; rest: readonly string[] } {
  const env: Record<string, string> = {};
  let at = 0;
  for (; argv[at] === VARIABLE; at += 2) {
    const [name = '', ...value] = (argv[at + 1] ?? '').split('=');
    env[name] = value.join('=');
  }
  return { env, rest: argv.slice(at) };
}

/** Ends with its connection: the server would keep it alive. */
function serve(server: Promise<McpServer>, workspace: string): void {
  const connection = new Socket({ fd: 3, readable: true, writable: true });
  connection.on('close', () => process.exit(0));
  servePlugin(bridgedPlugin(server), { connection, workspace });
}

function fail(why: string): never {
  process.stderr.write(`Cannot serve the MCP server: ${why}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).catch((thrown: unknown) => fail(thrown instanceof Error ? thrown.message : String(thrown)));
