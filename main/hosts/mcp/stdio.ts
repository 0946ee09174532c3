import type { Readable, Writable } from 'node:stream';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Logger } from '../../base/logger.ts';
import { createMcpServer } from './mcp-server.ts';
import type { McpSurface } from './surface.ts';

/** The longest message that is read, in bytes: no longer than a frame of the kernel. */
const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024;

export interface StdioOptions {
  readonly surface: McpSurface;
  readonly version: string;
  readonly stdin: Readable;
  /** Nothing but the protocol goes there. */
  readonly stdout: Writable;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** Serves one client over standard input and output; resolves when the client has gone or the signal aborts. */
export async function serveMcpStdio({ surface, version, stdin, stdout, signal, logger }: StdioOptions): Promise<void> {
  const transport = new StdioServerTransport(stdin, stdout, { maxBufferSize: MESSAGE_LIMIT_BYTES });
  const ended = new Promise<void>((resolve) => {
    // Also where a message is too long: it closes by itself when either end is gone.
    const close = transport.close.bind(transport);
    transport.close = () => close().finally(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  const handle = serveStdio(({ era }) => createMcpServer({ surface, version, era, changes: 'told' }), {
    transport,
    onerror: (thrown) => logger.warn('an MCP client over stdio sent what is not understood', { thrown }),
  });
  await ended;
  await handle.close();
}
