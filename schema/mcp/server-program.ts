/** What runs the entry of an MCP server; `binary`: it runs itself. */
export const SERVER_PROGRAMS = ['node', 'python3', 'binary'] as const;
export type ServerProgram = (typeof SERVER_PROGRAMS)[number];

export interface ServerEntry {
  readonly entry: string;
  /** Python for `.py` and Node for everything else if absent. */
  readonly program?: ServerProgram | undefined;
}

export function programOf({ entry, program }: ServerEntry): ServerProgram {
  return program ?? (entry.endsWith('.py') ? 'python3' : 'node');
}

/** The words that an MCP server is started with, before its arguments. Python runs unbuffered, as what it says is waited for. */
export function serverCommand(server: ServerEntry): readonly [string, ...string[]] {
  const { entry } = server;
  switch (programOf(server)) {
    case 'node':
      return ['node', entry];
    case 'python3':
      return ['python3', '-u', entry];
    case 'binary':
      return [entry];
  }
}

/** The file of a package that is run by itself. */
export function programFile(manifest: ServerEntry & { readonly runtime: string }): string | undefined {
  return manifest.runtime === 'mcp' && programOf(manifest) === 'binary' ? manifest.entry : undefined;
}

/** Speaks the protocol with an MCP server for Cavern; it lies in every sandbox. */
export const MCP_BRIDGE = '/opt/cavern/agent/mcp-bridge.cjs';
