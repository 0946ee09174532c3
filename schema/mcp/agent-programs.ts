/** How `cavern mcp` is started. */
export interface AgentServer {
  readonly command: string;
  readonly args: readonly string[];
}

/** A program that steers a model, and how it is told of a server. */
export interface AgentProgram {
  readonly id: string;
  readonly title: string;
  /** Where the block goes, as its users write it. */
  readonly file: string;
  readonly format: 'json' | 'toml' | 'yaml';
  readonly block: (server: AgentServer) => string;
  /** For the gateway, with a key in the place of `KEY_PLACE`; absent where the program starts its servers itself. */
  readonly remote?: (url: string) => string;
}

/** Where a block for the gateway wants the token of a key. */
export const KEY_PLACE = 'cav_YOUR_KEY';
const HEADERS = { Authorization: `Bearer ${KEY_PLACE}` };

export interface AgentServerOptions {
  readonly program: AgentServer;
  /** Folders that the agent may work on. */
  readonly folders: readonly string[];
  readonly session?: string | undefined;
  /** Questions are asked in the window only. */
  readonly ask?: 'window' | undefined;
  readonly home?: string | undefined;
}

/** How that program serves an agent. */
export function agentServer({ program, folders, session, ask, home }: AgentServerOptions): AgentServer {
  return {
    command: program.command,
    args: [
      ...program.args,
      'mcp',
      ...folders,
      ...(session === undefined ? [] : ['--session', session]),
      ...(ask === undefined ? [] : ['--ask', ask]),
      ...(home === undefined ? [] : ['--home', home]),
    ],
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The form that most programs share. */
function mcpServers({ command, args }: AgentServer): string {
  return json({ mcpServers: { cavern: { command, args } } });
}

function remoteServers(url: string): string {
  return json({ mcpServers: { cavern: { type: 'http', url, headers: HEADERS } } });
}

/** A basic string of TOML is one of JSON. */
function toml({ command, args }: AgentServer): string {
  const list = args.map((each) => JSON.stringify(each)).join(', ');
  return `[mcp_servers.cavern]\ncommand = ${JSON.stringify(command)}\nargs = [${list}]\ntool_timeout_sec = 3600\n`;
}

/** So is a double-quoted scalar of YAML. */
function continueYaml({ command, args }: AgentServer): string {
  const list = args.map((each) => `      - ${JSON.stringify(each)}\n`).join('');
  return `mcpServers:\n  - name: cavern\n    command: ${JSON.stringify(command)}\n    args:\n${list}`;
}

export const agentPrograms: readonly AgentProgram[] = [
  {
    id: 'claude-code',
    title: 'Claude Code',
    file: '.mcp.json in the project',
    format: 'json',
    block: mcpServers,
    remote: remoteServers,
  },
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    file: 'claude_desktop_config.json (Settings, Developer, Edit Config)',
    format: 'json',
    block: mcpServers,
  },
  {
    id: 'cursor',
    title: 'Cursor',
    file: '.cursor/mcp.json in the project, or ~/.cursor/mcp.json',
    format: 'json',
    block: mcpServers,
    remote: (url) => json({ mcpServers: { cavern: { url, headers: HEADERS } } }),
  },
  {
    id: 'vscode',
    title: 'Visual Studio Code',
    file: '.vscode/mcp.json in the project',
    format: 'json',
    block: ({ command, args }) => json({ servers: { cavern: { type: 'stdio', command, args } } }),
    remote: (url) => json({ servers: { cavern: { type: 'http', url, headers: HEADERS } } }),
  },
  { id: 'windsurf', title: 'Windsurf', file: '~/.codeium/windsurf/mcp_config.json', format: 'json', block: mcpServers },
  {
    id: 'zed',
    title: 'Zed',
    file: '~/.config/zed/settings.json',
    format: 'json',
    block: ({ command, args }) => json({ context_servers: { cavern: { source: 'custom', command, args, env: {} } } }),
  },
  { id: 'codex', title: 'Codex CLI', file: '~/.codex/config.toml', format: 'toml', block: toml },
  {
    id: 'gemini',
    title: 'Gemini CLI',
    file: '.gemini/settings.json in the project, or ~/.gemini/settings.json',
    format: 'json',
    // In milliseconds; a person may take an hour to look.
    block: ({ command, args }) => json({ mcpServers: { cavern: { command, args, timeout: 3_600_000 } } }),
  },
  { id: 'continue', title: 'Continue', file: '~/.continue/config.yaml', format: 'yaml', block: continueYaml },
  {
    id: 'other',
    title: 'Any other program',
    file: 'where it lists its MCP servers',
    format: 'json',
    block: mcpServers,
    remote: remoteServers,
  },
];
