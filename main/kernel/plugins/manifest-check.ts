import { timingSafeEqual } from 'node:crypto';
import { isServedApi, unservedApi } from '../../../schema/plugin-api.ts';
import { PluginManifest } from '../../../schema/plugin-manifest.ts';
import { type CompileToolSchema, toolSchemaCompiler } from '../tools/tool-schema.ts';
import { ownValidator } from '../validation/own-schema.ts';
import { schemaCost } from '../tools/schema-cost.ts';
import { shapeProblem, tooManyParts, toolSchemaProblem } from './manifest-schema.ts';
import type { PackageProblem, PluginPackage } from './ports.ts';
import { reservedIdProblem } from './reserved-id.ts';
import { serverStartProblems } from './server-start.ts';

/** Of the schemas of all tools together: they are compiled before anybody has agreed to anything. */
const ALL_PARTS_LIMIT = 100_000;

const manifestValidator = ownValidator<PluginManifest>(PluginManifest, {
  strict: false,
  strictSchema: true,
  allErrors: true,
  formats: { 'workspace-path': true },
});

export interface CheckedPackage {
  /** The manifest's, where it has one that is a text. */
  readonly id: string | null;
  /** Only where nothing is wrong. */
  readonly manifest: PluginManifest | undefined;
  readonly problems: readonly PackageProblem[];
}

/** The value of plugin.json; a problem where it is no JSON or no shape that may be looked at. */
export function parseManifest(text: string): { value?: unknown; problem?: PackageProblem } {
  try {
    const value: unknown = JSON.parse(text);
    const problem = shapeProblem(value);
    return problem ? { problem } : { value };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { problem: { code: 'invalid_json', message: `plugin.json is not JSON: ${why}`, path: 'plugin.json' } };
  }
}

function nameProblems({ id, tools }: PluginManifest): PackageProblem[] {
  const seen = new Set<string>();
  const reserved = reservedIdProblem(id);
  if (reserved) return [reserved];
  return tools.flatMap(({ name }, index) => {
    const path = `/tools/${index}`;
    const problems: PackageProblem[] = [];
    if (seen.has(name)) problems.push({ code: 'duplicate_tool', message: `there are two tools "${name}"`, path });
    seen.add(name);
    if (!name.startsWith(`${id}.`)) {
      problems.push({ code: 'foreign_tool_name', message: `"${name}" does not begin with "${id}."`, path });
    }
    return problems;
  });
}

/** What only one runtime has. */
function runtimeProblems({ runtime, program, args, env, memoryMiB, tools }: PluginManifest): PackageProblem[] {
  const ofMcp = [
    ...(program === undefined ? [] : ['/program']),
    ...(args === undefined ? [] : ['/args']),
    ...(env === undefined ? [] : ['/env']),
    ...tools.flatMap(({ mcpName }, index) => (mcpName === undefined ? [] : [`/tools/${index}/mcpName`])),
  ];
  const foreign = [
    ...(runtime === 'mcp' ? [] : ofMcp.map((path) => ({ path, of: 'mcp' }))),
    ...(runtime === 'wasm' || memoryMiB === undefined ? [] : [{ path: '/memoryMiB', of: 'wasm' }]),
  ];
  return foreign.map(({ path, of }) => {
    const message = `${path}: ${runtime} has none; it belongs to the runtime ${of}`;
    return { code: 'invalid_manifest', message, path };
  });
}

function settingsProblems(settings: Record<string, unknown>, compile: CompileToolSchema): PackageProblem[] {
  const path = '/settings';
  const problem = toolSchemaProblem(settings, path, compile);
  if (problem) return [problem];
  if (settings['type'] === 'object') return [];
  return [{ code: 'invalid_schema', message: 'the settings are not an object', path }];
}

/** Lets other work in between: compiling a schema takes a millisecond or two. */
async function schemaProblems({ tools, settings }: PluginManifest): Promise<PackageProblem[]> {
  const costs = tools.flatMap(({ input, output }) => [schemaCost(input).parts, schemaCost(output).parts]);
  // What refers to itself has no end, and is refused by itself.
  const all = costs.filter(Number.isFinite).reduce((sum, parts) => sum + parts, 0);
  if (all > ALL_PARTS_LIMIT) return [tooManyParts('/tools', ALL_PARTS_LIMIT)];
  const compile = toolSchemaCompiler();
  const problems = settings === undefined ? [] : settingsProblems(settings, compile);
  for (const [index, tool] of tools.entries()) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const side of ['input', 'output'] as const) {
      const problem = toolSchemaProblem(tool[side], `/tools/${index}/${side}`, compile);
      if (problem) problems.push(problem);
    }
  }
  return problems;
}

function equalDigests(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** The files against the manifest's list, where it has one: none missing, none too many, each with its digest. */
export function fileProblems(manifest: PluginManifest, files: PluginPackage['files']): PackageProblem[] {
  const problems: PackageProblem[] = [];
  const present = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const needed = [manifest.entry, ...(manifest.sbom === undefined ? [] : [manifest.sbom])];
  for (const path of needed) {
    if (!present.has(path)) problems.push({ code: 'missing_file', message: `"${path}" is not there`, path });
  }
  if (manifest.files === undefined) return problems;
  for (const [path, digest] of Object.entries(manifest.files)) {
    const actual = present.get(path);
    if (actual === undefined) {
      if (!needed.includes(path)) problems.push({ code: 'missing_file', message: `"${path}" is not there`, path });
    } else if (!equalDigests(actual, digest)) {
      problems.push({ code: 'digest_mismatch', message: `"${path}" is not what the manifest says`, path });
    }
  }
  for (const path of present.keys()) {
    if (!Object.hasOwn(manifest.files, path)) {
      problems.push({ code: 'extra_file', message: `the manifest does not name "${path}"`, path });
    }
  }
  return problems;
}

type SchemaErrors = NonNullable<ReturnType<typeof manifestValidator>['errors']>;

function errorProblems(errors: SchemaErrors | null | undefined): PackageProblem[] {
  const all = errors ?? [];
  const choices = new Set(all.filter(({ keyword }) => keyword === 'const').map(({ instancePath }) => instancePath));
  // Of a value that is none of several, one problem that names them all.
  const told = all.filter(({ instancePath, keyword }, index) => {
    if (!choices.has(instancePath)) return true;
    return all.findIndex((other) => other.instancePath === instancePath) === index && keyword !== 'anyOf';
  });
  return told.map(({ instancePath, message, keyword, params }) => {
    const unknown = keyword === 'additionalProperties' || keyword === 'unevaluatedProperties';
    const text = unknown ? `${message ?? ''}: ${String(params['additionalProperty'])}` : message;
    const wrong = keyword === 'const' ? `must be ${choicesAt(all, instancePath)}` : text;
    const isVersion = instancePath === '/version' && keyword === 'pattern';
    return {
      code: unknown ? 'unknown_key' : 'invalid_manifest',
      message: `${instancePath || 'the manifest'} ${(isVersion ? NO_VERSION : wrong) ?? 'is wrong'}`,
      path: instancePath,
    };
  });
}

const NO_VERSION = 'must be a semantic version, as 1.0.0';

function choicesAt(errors: SchemaErrors, path: string): string {
  const values = errors
    .filter(({ instancePath, keyword }) => instancePath === path && keyword === 'const')
    .map(({ params }) => JSON.stringify(params['allowedValue']));
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

function apiProblems({ apiVersion }: PluginManifest): PackageProblem[] {
  if (isServedApi(apiVersion)) return [];
  return [{ code: 'unsupported_api', message: unservedApi(apiVersion).message, path: '/apiVersion' }];
}

export interface ManifestCheckOptions {
  /** `trusted`: the tools' schemas are not compiled: they came with the program and its tests compiled them. */
  readonly schemas?: 'checked' | 'trusted';
}

/** A manifest against its schema and against itself, without the files. */
export async function checkManifest(
  value: unknown,
  { schemas = 'checked' }: ManifestCheckOptions = {},
): Promise<{ manifest: PluginManifest | undefined; problems: PackageProblem[] }> {
  const valid = manifestValidator();
  if (!valid(value)) return { manifest: undefined, problems: errorProblems(valid.errors) };
  const problems = [
    ...apiProblems(value),
    ...nameProblems(value),
    ...runtimeProblems(value),
    ...serverStartProblems(value),
    ...(schemas === 'trusted' ? [] : await schemaProblems(value)),
  ];
  return { manifest: value, problems };
}

export function missingManifest(): PackageProblem {
  return { code: 'missing_manifest', message: 'there is no plugin.json', path: 'plugin.json' };
}

/** The id that a manifest claims, whatever else is wrong with it. */
export function claimedId(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'string' ? value.id : null;
}

/** Checks a plugin's folder against the schema of manifests and against itself. Never throws for what the folder holds. */
export async function checkPackage(found: PluginPackage, options: ManifestCheckOptions = {}): Promise<CheckedPackage> {
  const problems = [...found.problems];
  if (found.manifest === undefined) {
    return { id: null, manifest: undefined, problems: [...problems, missingManifest()] };
  }
  const { value, problem } = parseManifest(found.manifest);
  if (problem) return { id: null, manifest: undefined, problems: [...problems, problem] };
  const checked = await checkManifest(value, options);
  problems.push(...checked.problems);
  if (checked.manifest !== undefined) problems.push(...fileProblems(checked.manifest, found.files));
  return { id: claimedId(value), manifest: problems.length === 0 ? checked.manifest : undefined, problems };
}
