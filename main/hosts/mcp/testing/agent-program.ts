import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const CLI = join(import.meta.dirname, '../../../../out/cli/index.js');

export interface ProgramOptions {
  readonly home: string;
  /** Of the container engine. */
  readonly socket: string;
  readonly args: readonly string[];
  /** The revision of the protocol; the handshake of 2025 if absent. */
  readonly revision?: '2026-07-28';
  /** What the user of the program says to a question; without it the program cannot ask. */
  readonly user?: (question: string) => Promise<'approve' | 'deny' | 'close'>;
  /** Told the names of the tools whenever they are others. */
  readonly onTools?: (names: string[]) => void;
}

/** A program that steers a model, made of the official client: it starts `cavern mcp` as a configuration block says. */
export async function startProgram({ home, socket, args, revision, user, onTools }: ProgramOptions): Promise<Client> {
  const client = new Client(
    { name: 'test-program', version: '1.2.3' },
    {
      capabilities: user === undefined ? {} : { elicitation: { form: {} } },
      ...(onTools === undefined
        ? {}
        : { listChanged: { tools: { onChanged: (_, tools) => onTools((tools ?? []).map(({ name }) => name)) } } }),
      ...(revision === undefined ? {} : { versionNegotiation: { mode: { pin: revision } } }),
    },
  );
  if (user !== undefined) {
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      const said = await user(params.message);
      return said === 'close' ? { action: 'cancel' } : { action: 'accept', content: { decision: said } };
    });
  }
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [CLI, 'mcp', ...args],
      // Only text is in an environment.
      env: { ...(process.env as Record<string, string>), DOCKER_HOST: `unix://${socket}`, CAVERN_HOME: home },
    }),
    { timeout: 60_000 },
  );
  return client;
}

export interface Called {
  readonly structured: Record<string, unknown>;
  readonly text: string;
  readonly failed: boolean;
  readonly notes: readonly string[];
}

/** Calls a tool as long as it takes; progress keeps the call alive. */
export async function callTool(
  client: Client,
  name: string,
  input: Record<string, unknown>,
  options: { readonly signal?: AbortSignal; readonly onNote?: (message: string) => void } = {},
): Promise<Called> {
  const notes: string[] = [];
  const result = await client.callTool(
    { name, arguments: input },
    {
      timeout: 90_000,
      resetTimeoutOnProgress: true,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onprogress({ message = '' }) {
        notes.push(message);
        options.onNote?.(message);
      },
    },
  );
  const texts = result.content.map((block) => (block.type === 'text' ? block.text : ''));
  // Structured content of a tool is an object; the SDK has held it against the tool's schema.
  const structured = (result.structuredContent ?? {}) as Record<string, unknown>;
  return { structured, text: texts.join('\n'), failed: result.isError === true, notes };
}
