import { readFileSync } from 'node:fs';
import { type PackageDraft, tool } from '../../platform/plugin-files/testing/package-draft.ts';

const SBOM = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [] });
const SERVER = readFileSync(new URL('./issues-server.mjs', import.meta.url), 'utf8');

const text = { type: 'object', properties: { content: { type: 'array' } }, required: ['content'] };
const taking = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } }, required: [name] });

/** An MCP server that asks a tracker of issues, as a package of this version. */
export function issuesPlugin(id: string, publisher: string, version: string): PackageDraft {
  const of = (name: string, input: string, effect: string) =>
    tool({ name: `${id}.${name}`, input: taking(input), output: text, effects: [effect], timeoutMs: 30_000 });
  return {
    manifest: {
      id,
      version,
      apiVersion: 2,
      displayName: id,
      description: 'Asks a tracker of issues',
      publisher,
      license: 'MIT',
      entry: 'server.mjs',
      runtime: 'mcp',
      profile: 'agent',
      capabilities: [{ name: 'network.connect', hosts: ['hosts'] }],
      tags: [],
      tools: [of('ask', 'url', 'network'), of('look', 'hex', 'read')],
      sbom: 'sbom.json',
    },
    files: { 'server.mjs': SERVER, 'sbom.json': SBOM },
  };
}
