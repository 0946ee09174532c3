import { Socket } from 'node:net';
import { basename, isAbsolute, posix } from 'node:path';
import { servePlugin } from '../../../plugins/sdk/src/serve-plugin.ts';
import { bridgedPlugin } from './bridged-plugin.ts';
import { manifestDraft } from './manifest-draft.ts';
import { McpServer } from './mcp-server.ts';

const DRAFT = '--manifest';

/**
 * `mcp-bridge ENTRY [ARG …]` starts an MCP server and serves its tools on descriptor 3, as a plugin of the SDK does.
 * `mcp-bridge --manifest ID ENTRY [ARG …]` prints a manifest for it instead.
 */
async function main(argv: readonly string[]): Promise<void> {
  const [id, given] = argv[0] === DRAFT ? [argv[1], argv.slice(2)] : [undefined, argv];
  const [entry, ...args] = given;
  if (entry === undefined) throw new Error('no entry is given');
  const workspace = process.env['CAVERN_WORKSPACE'] ?? process.cwd();
  const onEnd = (): never => fail('the MCP server has ended');
  const server = await McpServer.start({ entry, args, workspace, onEnd });
  if (id === undefined) return serve(server, workspace);
  const packed = isAbsolute(entry) ? basename(entry) : posix.normalize(entry);
  process.stdout.write(`${JSON.stringify(manifestDraft(server, { id, entry: packed, args }), null, 2)}\n`);
  await server.close();
}

/** Ends with its connection: the server would keep it alive. */
function serve(server: McpServer, workspace: string): void {
  const connection = new Socket({ fd: 3, readable: true, writable: true });
  connection.on('close', () => process.exit(0));
  servePlugin(bridgedPlugin(server), { connection, workspace });
}

function fail(why: string): never {
  process.stderr.write(`Cannot serve the MCP server: ${why}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).catch((thrown: unknown) => fail(thrown instanceof Error ? thrown.message : String(thrown)));
