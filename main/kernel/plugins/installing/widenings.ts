import { isDeepStrictEqual } from 'node:util';
import { programOf } from '../../../../schema/mcp/server-program.ts';
import type { ManifestTool, PluginCapability, PluginManifest } from '../../../../schema/plugin-manifest.ts';
import { addedCapabilities, consentSentences } from './consent.ts';

/** A plugin as it was agreed to. */
export interface Agreed {
  readonly manifest: PluginManifest;
  /** The trusted publisher who signed it; undefined where nobody did. */
  readonly signer: string | undefined;
  readonly capabilities: readonly PluginCapability[];
}

type Candidate = Pick<Agreed, 'manifest' | 'signer'>;

type Effect = ManifestTool['effects'][number];

const NOW: Readonly<Record<Effect, (tool: string) => string>> = {
  read: (tool) => `Its tool ${tool} reads now.`,
  write: (tool) => `Its tool ${tool} changes something now.`,
  network: (tool) => `Its tool ${tool} uses the network now.`,
};
/** What a WebAssembly module has where its manifest says nothing. */
const USUAL_MEMORY_MIB = 64;

/**
 * What a package is or may do beyond what was agreed to of the one that it takes the place of, a sentence each, and who made it first.
 * Left out is what a publisher may change with every line of code: texts, schemas that mark the same paths, times.
 */
export function widenings(agreed: Agreed, candidate: Candidate): string[] {
  return [
    ...makerChanges(agreed, candidate),
    ...surroundings(agreed.manifest, candidate.manifest),
    ...toolChanges(agreed.manifest, candidate.manifest),
    ...consentSentences(addedCapabilities(agreed.capabilities, candidate.manifest.capabilities)),
  ];
}

function makerChanges({ manifest: before, signer: first }: Agreed, { manifest, signer }: Candidate): string[] {
  const renamed = before.id === manifest.id ? [] : [`It is called "${manifest.id}" now.`];
  if (first === signer) {
    return before.publisher === manifest.publisher
      ? renamed
      : [...renamed, `It says now that "${manifest.publisher}" made it.`];
  }
  if (signer === undefined) return [...renamed, `It was signed by "${first}"; nobody has signed this one.`];
  if (first === undefined) return [...renamed, `It was not signed; this one is signed by "${signer}".`];
  return [...renamed, `It was signed by "${first}"; this one is signed by "${signer}".`];
}

/** Tags count in both directions: a rule of the policy may allow by one, and deny by another. */
function surroundings(before: PluginManifest, now: PluginManifest): string[] {
  const memory = [before, now].map(({ memoryMiB }) => memoryMiB ?? USUAL_MEMORY_MIB);
  const [least = 0, most = 0] = memory;
  return [
    ...(before.runtime === now.runtime ? [] : [`It is run by "${now.runtime}" now.`]),
    ...(isStartedAlike(before, now)
      ? []
      : ['It is started with another program, other arguments or other variables now.']),
    ...(before.profile === now.profile ? [] : [`It runs in the profile "${now.profile}" now.`]),
    ...(most > least ? [`It may use ${most} MiB of memory now, and not ${least}.`] : []),
    ...now.tags.filter((tag) => !before.tags.includes(tag)).map((tag) => `It has the tag "${tag}" now.`),
    ...before.tags.filter((tag) => !now.tags.includes(tag)).map((tag) => `It has the tag "${tag}" no longer.`),
  ];
}

/** What an MCP server may reach is often said by its arguments, and they were shown when it was agreed to. */
function isStartedAlike(before: PluginManifest, now: PluginManifest): boolean {
  if (before.runtime !== 'mcp' || now.runtime !== 'mcp') return true;
  const [agreed, wanted] = [before, now].map((manifest) => {
    const { args = [], env = {} } = manifest;
    return [programOf(manifest), args, env];
  });
  return isDeepStrictEqual(agreed, wanted);
}

function toolChanges(before: PluginManifest, now: PluginManifest): string[] {
  const known = new Map(before.tools.map((tool) => [tool.name, tool]));
  return now.tools.flatMap((tool) => {
    const agreed = known.get(tool.name);
    if (agreed === undefined) return [newTool(tool)];
    const added = tool.effects.filter((effect) => !agreed.effects.includes(effect));
    const marked = new Set(markedPaths(tool.input));
    const lost = markedPaths(agreed.input).some((pointer) => !marked.has(pointer));
    return [
      ...added.map((effect) => NOW[effect](tool.name)),
      ...(lost ? [`Its tool ${tool.name} no longer says of all paths that the policy is to judge them.`] : []),
    ];
  });
}

/** That it reads goes without saying where it does more. */
function newTool({ name, effects }: ManifestTool): string {
  if (!effects.includes('write')) {
    return effects.includes('network')
      ? `It has a new tool, ${name}, which uses the network.`
      : `It has a new tool, ${name}, which reads.`;
  }
  return effects.includes('network')
    ? `It has a new tool, ${name}, which changes something and uses the network.`
    : `It has a new tool, ${name}, which changes something.`;
}

/** Where a schema says that something is a path of the workspace, as JSON pointers. */
function markedPaths(schema: unknown, pointer = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const here = Object.entries(schema).some(([key, value]) => key === 'format' && value === 'workspace-path');
  const below = Object.entries(schema).flatMap(([key, value]) => markedPaths(value, `${pointer}/${key}`));
  return here ? [pointer, ...below] : below;
}
