import type { PluginCapability, PluginManifest } from '../../../schema/plugin-manifest.ts';
import { compileGlob, GlobError } from '../policy/glob.ts';
import type { PackageProblem } from './ports.ts';
import { sandboxGrants } from './sandbox-grants.ts';

/** What is allowed and will hardly be what the author meant. */
export interface ManifestWarning extends Pick<PackageProblem, 'code' | 'message' | 'path'> {
  readonly fix: string;
}

const SHOWN_TOOLS = 3;

type Name = PluginCapability['name'];
type Effect = PluginManifest['tools'][number]['effects'][number];

/** Of a manifest in which nothing is wrong: what it asks for against what its tools say that they do, and what that gives it in its sandbox. */
export function manifestWarnings(manifest: PluginManifest): ManifestWarning[] {
  return [
    ...manifest.capabilities.flatMap((capability, index) => emptyCapability(capability, `/capabilities/${index}`)),
    ...(manifest.runtime === 'wasm' ? [] : sandboxWarnings(manifest)),
    ...effectWarnings(manifest),
  ];
}

function has({ capabilities }: PluginManifest, wanted: Name): boolean {
  return capabilities.some(({ name }) => name === wanted);
}

function emptyCapability({ name, paths, hosts }: PluginCapability, path: string): ManifestWarning[] {
  if (name === 'network.connect' && (hosts ?? []).length === 0) {
    const fix = 'Name the groups of hosts of the policy that it needs: hosts: ["…"].';
    return [{ code: 'names_no_place', message: 'network.connect names no hosts, so it gives none', path, fix }];
  }
  if (name !== 'workspace.read' && name !== 'workspace.write') return [];
  if ((paths ?? []).length === 0) {
    const fix = 'Name the files that it needs: paths: ["src/**"], or ["**"] for all.';
    return [{ code: 'names_no_place', message: `${name} names no paths, so it gives none`, path, fix }];
  }
  return (paths ?? []).flatMap((glob, index) => {
    const why = uselessGlob(glob);
    if (why === undefined) return [];
    const message = `"${glob.slice(0, 200)}" is no pattern that matches a path: ${why}`;
    return [
      {
        code: 'unusable_pattern',
        message,
        path: `${path}/paths/${index}`,
        fix: 'Mend it: docs/policy.md says what a pattern is.',
      },
    ];
  });
}

function uselessGlob(glob: string): string | undefined {
  if (/^\.{0,2}\/|\/$/.test(glob))
    return 'paths are relative to the workspace, as src/a.ts, and a folder’s files are src/**';
  try {
    compileGlob(glob);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof GlobError) return thrown.message;
    throw thrown;
  }
}

/** A mount knows no globs: what is granted in part is there by calls only, which an MCP server cannot make. */
function sandboxWarnings(manifest: PluginManifest): ManifestWarning[] {
  const { workspace } = sandboxGrants(manifest.capabilities);
  const path = '/capabilities';
  const ask =
    manifest.runtime === 'mcp'
      ? 'An MCP server makes no calls: ask'
      : 'Have its files by calls (fs.read, fs.list, fs.write), which its patterns bound, or ask';
  if (workspace === 'none' && (has(manifest, 'workspace.read') || has(manifest, 'workspace.write'))) {
    const message = 'it finds /workspace empty in its sandbox, as it is not granted all of it to read';
    return [{ code: 'empty_workspace', message, path, fix: `${ask} for workspace.read of ["**"].` }];
  }
  if (workspace === 'read' && has(manifest, 'workspace.write')) {
    const message = 'it finds /workspace read-only in its sandbox, as it is not granted all of it to write';
    return [{ code: 'read_only_workspace', message, path, fix: `${ask} for workspace.write of ["**"].` }];
  }
  return [];
}

function effectWarnings(manifest: PluginManifest): ManifestWarning[] {
  const some = (effect: Effect): boolean => manifest.tools.some(({ effects }) => effects.includes(effect));
  const unsaid = (
    [
      ['workspace.write', 'write', 'changes anything'],
      ['network.connect', 'network', 'uses the network'],
    ] as const
  ).flatMap(([capability, effect, does]) => {
    if (!has(manifest, capability) || some(effect)) return [];
    const message = `${capability} is asked for, and no tool says that it ${does}`;
    const fix = `Add "${effect}" to the effects of the tool that does, as the policy and the operator go by them; or do not ask for it.`;
    return [{ code: 'beyond_effects', message, path: '/capabilities', fix }];
  });
  return [...unsaid, ...unasked(manifest)];
}

/** A tool that writes and uses the network may change something that is elsewhere. */
function unasked(manifest: PluginManifest): ManifestWarning[] {
  const saying = (test: (effects: readonly Effect[]) => boolean): string | undefined => {
    const names = manifest.tools.filter(({ effects }) => test(effects)).map(({ name }) => name);
    const more = names.length > SHOWN_TOOLS ? ` and ${names.length - SHOWN_TOOLS} more` : '';
    return names.length === 0 ? undefined : `${names.slice(0, SHOWN_TOOLS).join(', ')}${more}`;
  };
  const writing = saying((effects) => effects.includes('write') && !effects.includes('network'));
  const connecting = saying((effects) => effects.includes('network'));
  const warnings: ManifestWarning[] = [];
  if (writing !== undefined && !has(manifest, 'workspace.write')) {
    warnings.push({
      code: 'not_asked_for',
      message: `by its effects ${writing} changes something; without workspace.write it can be nothing of the workspace`,
      path: '/tools',
      fix: 'Ask for workspace.write with the paths that it changes, or take "write" from the effects.',
    });
  }
  if (connecting !== undefined && !has(manifest, 'network.connect')) {
    warnings.push({
      code: 'not_asked_for',
      message: `by its effects ${connecting} uses the network; without network.connect there is none`,
      path: '/tools',
      fix: 'Ask for network.connect with the groups of hosts that it needs, or take "network" from the effects.',
    });
  }
  return warnings;
}
