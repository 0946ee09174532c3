/** What runs the entry of an MCP server: Python for `.py`, unbuffered, as what it says is waited for, and Node for everything else. */
export function serverProgram(entry: string): readonly ['node'] | readonly ['python3', '-u'] {
  return entry.endsWith('.py') ? ['python3', '-u'] : ['node'];
}

/** Speaks the protocol with an MCP server for Cavern; it lies in every sandbox. */
export const MCP_BRIDGE = '/opt/cavern/agent/mcp-bridge.cjs';
