import { sourcesEndingIn } from './source-files.mjs';
import { basename, dirname } from 'node:path';
import { bundle } from './bundle.mjs';
import { buildRenderer } from './renderer.mjs';
import { copyPlugin, stageKoffi, stageNodePty } from './copied-files.mjs';
import { copyProfiles } from './profiles.mjs';
import { emitReference, emitSchemas } from './emitted.mjs';

/** @typedef {import('./part.mjs').Part} Part */

/** What may be imported by anything that runs in Node. */
const kernelSources = ['main', 'schema', 'plugins'];

/**
 * Every part, in the order they are built.
 * @returns {Part[]}
 */
export function allParts() {
  return [...partsWithoutWindow(), preloadPart, rendererPart];
}

/**
 * What the command line and the kernel without a window need.
 * @returns {Part[]}
 */
export function partsWithoutWindow() {
  return [schemasPart, ...mainParts, referencePart, ...workerParts(), ...agentParts(), ...pluginParts(), profilesPart];
}

/** @type {Part} */
const schemasPart = {
  name: 'schemas',
  entry: 'schema/emit.ts',
  sources: ['schema'],
  output: '../schema/json',
  build: emitSchemas,
};

/** @type {Part[]} */
const mainParts = [
  // The window opens with the first piece; the kernel's code comes after it has painted.
  nodePart({ name: 'main', entry: 'main/index.ts', output: 'main/index.js', pieces: 'split' }),
  nodePart({ name: 'cli', entry: 'main/cli/index.ts', output: 'cli/index.js', pieces: 'split' }),
];

/** @type {Part} */
const referencePart = {
  name: 'reference',
  entry: 'main/cli/reference/emit.ts',
  sources: ['main/cli', 'schema', 'package.json'],
  output: 'reference/cavern.1',
  build: emitReference,
};

/** A worker is a file of its own that its owner starts by path. */
function workerParts() {
  return sourcesEndingIn('main/platform', '-worker.ts').map((entry) => {
    const name = basename(entry, '.ts');
    return nodePart({ name: `workers/${name}`, entry, output: `main/workers/${name}.js` });
  });
}

/**
 * @param {{ name: string, entry: string, output: string, pieces?: 'one' | 'split' }} names
 * @returns {Part}
 */
function nodePart({ name, entry, output, pieces = 'one' }) {
  const build = () => bundle({ entry, output, format: 'esm', pieces });
  return { name, entry, sources: kernelSources, output, build };
}

/** @type {Part} */
const preloadPart = {
  name: 'preload',
  entry: 'preload/index.ts',
  sources: ['preload', 'schema'],
  output: 'preload/index.cjs',
  build: () => bundle({ entry: 'preload/index.ts', output: 'preload/index.cjs', format: 'cjs' }),
};

/** @type {Part} */
const agentPart = {
  name: 'agent',
  entry: 'main/platform/sandbox-agent/index.ts',
  sources: kernelSources,
  output: 'agent/agent.cjs',
  build: () =>
    bundle({
      entry: 'main/platform/sandbox-agent/index.ts',
      output: 'agent/agent.cjs',
      format: 'cjs',
      target: 'node20',
    }),
};

/** @type {Part} */
const nodePtyPart = {
  name: 'agent/node-pty',
  entry: 'node_modules/node-pty/package.json',
  sources: ['node_modules/node-pty/package.json'],
  output: 'agent/node_modules/node-pty/package.json',
  build: stageNodePty,
};

/** @type {Part} */
const koffiPart = {
  name: 'agent/koffi',
  entry: 'node_modules/koffi/package.json',
  sources: ['node_modules/koffi/package.json'],
  output: 'agent/node_modules/koffi/package.json',
  build: stageKoffi,
};

/** @type {Part} */
const mcpBridgePart = {
  name: 'agent/mcp-bridge',
  entry: 'main/platform/mcp-bridge/index.ts',
  sources: kernelSources,
  output: 'agent/mcp-bridge.cjs',
  build: () =>
    bundle({
      entry: 'main/platform/mcp-bridge/index.ts',
      output: 'agent/mcp-bridge.cjs',
      format: 'cjs',
      target: 'node20',
    }),
};

/** @type {Part} */
const awaitPluginPart = {
  name: 'agent/await-plugin',
  entry: 'main/platform/sandbox-agent/await-plugin.ts',
  sources: kernelSources,
  output: 'agent/await-plugin.cjs',
  build: () =>
    bundle({
      entry: 'main/platform/sandbox-agent/await-plugin.ts',
      output: 'agent/await-plugin.cjs',
      format: 'cjs',
      target: 'node20',
    }),
};

/** What runs as process 1 of every sandbox, and what it starts MCP servers and plugins with. */
export function agentParts() {
  return [agentPart, mcpBridgePart, awaitPluginPart, nodePtyPart, koffiPart];
}

/** The SDK is a library the plugins bundle, so it has no entry of this kind. */
function pluginParts() {
  return sourcesEndingIn('plugins', 'plugin.json', 1).map((manifest) => {
    const folder = dirname(manifest);
    const id = basename(folder);
    const entry = `${folder}/src/index.ts`;
    return {
      name: `plugins/${id}`,
      entry,
      sources: [folder, 'plugins/sdk', 'schema'],
      output: `plugins/${id}/index.cjs`,
      build: async () => {
        await copyPlugin({ folder, id });
        const { typeboxMembers } = await import('../../plugins/sdk/src/typebox-members.ts');
        const output = `plugins/${id}/index.cjs`;
        // With a map beside it a plugin starts some milliseconds later.
        await bundle({ entry, output, format: 'cjs', target: 'node20', maps: 'none', plugins: [typeboxMembers] });
      },
    };
  });
}

/** @type {Part} */
const profilesPart = {
  name: 'profiles',
  entry: 'profiles',
  sources: ['profiles'],
  output: 'profiles',
  build: copyProfiles,
};

/** @type {Part} */
const rendererPart = {
  name: 'renderer',
  entry: 'renderer/index.html',
  sources: ['renderer', 'schema', 'vite.config.ts'],
  output: 'renderer/index.html',
  build: buildRenderer,
};
