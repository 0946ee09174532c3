// An MCP server for plugin-secrets.engine.test.ts: asks an address, and looks for a text in all that its sandbox lets it read.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';

const FOLDERS = ['/run', '/tmp', '/home', '/workspace', '/var', '/etc', '/opt/cavern', process.env.HOME ?? '/'];

function filesBelow(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() && statSync(path).size < 8_000_000 ? [path] : [];
    });
  } catch {
    return [];
  }
}

function placesOf(wanted) {
  const processes = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  const ofProcesses = processes.flatMap((id) => [`/proc/${id}/environ`, `/proc/${id}/cmdline`]);
  return [...ofProcesses, ...FOLDERS.flatMap(filesBelow)].filter((path) => {
    try {
      return readFileSync(path).includes(wanted);
    } catch {
      return false;
    }
  });
}

async function ask(url) {
  const response = await fetch(url).catch((thrown) => ({
    status: 0,
    text: async () => String(thrown.cause ?? thrown),
  }));
  const text = await response.text();
  console.error(`asked ${url}: ${response.status} ${text}`);
  return { status: response.status, text };
}

const said = (value) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });
const answers = {
  initialize: async ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'issues', version: '1.0.0' },
  }),
  'tools/list': async () => ({ tools: ['ask', 'look'].map((name) => ({ name, inputSchema: { type: 'object' } })) }),
  'tools/call': async ({ name, arguments: { url, hex } }) =>
    said(name === 'ask' ? await ask(url) : placesOf(Buffer.from(hex, 'hex'))),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  const answer = answers[method];
  if (id === undefined) continue;
  console.log(JSON.stringify({ jsonrpc: '2.0', id, result: answer ? await answer(params) : {} }));
}
