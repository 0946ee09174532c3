import { CaveDocument } from '../../../schema/cave.ts';
import type { DocumentError } from '../../../schema/policy.ts';
import { placedErrors } from '../policy/document-shape.ts';
import { parseSizeBytes, parseTimeMs } from '../policy/units.ts';
import { parseYamlSource, type YamlSource } from '../policy/yaml-source.ts';
import { ownValidator } from '../validation/own-schema.ts';
import type { Profile } from './profiles.ts';
import { isReservedVariable } from './reserved-variables.ts';

/** The name of the file, in the root of a workspace. */
export const CAVE_FILE = 'cave.yaml';

/** What a workspace's own sandbox takes away from its profile, and what it adds inside. Plain data: it is kept with the sandbox. */
export interface Narrowing {
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly timeLimitMs?: number;
  readonly idleLimitMs?: number;
  readonly diskBytes?: number;
  readonly network?: 'none';
  readonly groups?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One sandbox of a workspace, ready to be started. */
export interface CaveSandbox {
  readonly name: string;
  readonly profile: string;
  readonly narrowing: Narrowing;
  readonly start?: readonly string[];
}

export interface Cave {
  readonly sandboxes: readonly CaveSandbox[];
  readonly errors: readonly DocumentError[];
}

type Written = CaveDocument['sandboxes'][string];
type Complain = (key: string, message: string) => void;

const DEFAULT_PROFILE = 'workspace';
const caveValidator = ownValidator<CaveDocument>(CaveDocument, { allErrors: true, verbose: true });

/** Reads `cave.yaml`. Whatever is wrong with it comes back with line and column, and then no sandbox does. */
export function readCave(text: string, profiles: ReadonlyMap<string, Profile>): Cave {
  const source = parseYamlSource(text);
  if (Array.isArray(source)) return { sandboxes: [], errors: source };
  const validate = caveValidator();
  const { value } = source;
  if (!validate(value)) return { sandboxes: [], errors: placedErrors(source, validate.errors ?? []) };
  const errors: DocumentError[] = [];
  const sandboxes = Object.entries(value.sandboxes).map(([name, written]) =>
    readSandbox(name, written, { profiles, complain: complainer(source, name, errors) }),
  );
  return errors.length > 0
    ? { sandboxes: [], errors }
    : { sandboxes: sandboxes.filter((each) => each !== undefined), errors };
}

/** The profile with less of everything. What would be more of something has been refused when the file was read. */
export function narrowedProfile(profile: Profile, narrowing: Narrowing | undefined): Profile {
  return narrowing === undefined ? profile : { ...profile, ...narrowing };
}

function complainer(source: YamlSource, name: string, errors: DocumentError[]): Complain {
  return (key, message) => {
    const place =
      key === '' ? source.positionOfKey(['sandboxes'], name) : source.positionOfKey(['sandboxes', name], key);
    errors.push({ ...place, message: `Sandbox "${name}": ${message}` });
  };
}

function readSandbox(
  name: string,
  written: Written,
  { profiles, complain }: { readonly profiles: ReadonlyMap<string, Profile>; readonly complain: Complain },
): CaveSandbox | undefined {
  const profile = profileOf(written, profiles, complain);
  if (profile === undefined) return undefined;
  const less = (key: keyof Written, value: number | undefined, limit: number | undefined, text: string): void => {
    if (value !== undefined && limit !== undefined && value > limit)
      complain(key, `${key} is more than profile "${profile.name}" gives (${text})`);
  };
  const memoryBytes = sizeOf('memory', written.memory, complain);
  const diskBytes = sizeOf('disk', written.disk, complain);
  const timeLimitMs = timeOf('timeout', written.timeout, complain);
  const idleLimitMs = timeOf('idle', written.idle, complain);
  less('cpus', written.cpus, profile.cpus, String(profile.cpus));
  less('memory', memoryBytes, profile.memoryBytes, mebibytes(profile.memoryBytes));
  less('disk', diskBytes, profile.diskBytes, mebibytes(profile.diskBytes));
  less('timeout', timeLimitMs, profile.timeLimitMs, `${(profile.timeLimitMs ?? 0) / 1000} s`);
  less('idle', idleLimitMs, profile.idleLimitMs, `${(profile.idleLimitMs ?? 0) / 1000} s`);
  checkNetwork(written, profile, complain);
  for (const key of Object.keys(written.env ?? {}))
    if (isReservedVariable(key)) complain('env', `the variable ${key} is Cavern's own`);
  const { cpus, groups, env, labels, start } = written;
  const narrowing = defined({
    cpus,
    memoryBytes,
    diskBytes,
    timeLimitMs,
    idleLimitMs,
    groups,
    env,
    labels,
    network: written.network === 'none' ? ('none' as const) : undefined,
  });
  return { name, profile: profile.name, narrowing, ...(start === undefined ? {} : { start }) };
}

function profileOf(written: Written, profiles: ReadonlyMap<string, Profile>, complain: Complain): Profile | undefined {
  const { image } = written;
  if (written.profile === undefined && image === undefined) complain('', 'it needs a profile or an image');
  if (written.profile !== undefined && image !== undefined) complain('image', 'it has a profile, which has an image');
  const profile = profiles.get(written.profile ?? DEFAULT_PROFILE);
  if (profile === undefined) {
    complain(
      'profile',
      `there is no profile "${written.profile}"; there are ${[...profiles.keys()].sort().join(', ')}`,
    );
    return undefined;
  }
  // The workspace is not trusted: it chooses among what the operator uses.
  if (image === undefined) return profile;
  const using = [profile, ...profiles.values()].find((each) => each.image === image);
  if (using === undefined) complain('image', `the image "${image}" is not allowed: no profile uses it`);
  return using;
}

function checkNetwork(written: Written, profile: Profile, complain: Complain): void {
  if (written.network === 'restricted' && profile.network === 'none')
    complain('network', `profile "${profile.name}" has no network`);
  const network = written.network ?? profile.network;
  if (written.groups !== undefined && network === 'none')
    complain('groups', 'it has no network, and so no groups of hosts');
}

function sizeOf(key: 'memory' | 'disk', text: string | undefined, complain: Complain): number | undefined {
  return text === undefined ? undefined : unitOf(key, () => parseSizeBytes(text), complain);
}

function timeOf(key: 'timeout' | 'idle', text: string | undefined, complain: Complain): number | undefined {
  return text === undefined ? undefined : unitOf(key, () => parseTimeMs(text), complain);
}

function unitOf(key: string, read: () => number, complain: Complain): number | undefined {
  try {
    return read();
  } catch (thrown) {
    complain(key, thrown instanceof Error ? thrown.message : String(thrown));
    return undefined;
  }
}

/** Without the keys that have no value, so that they do not hide those of a profile. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }; // the same keys, less those
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / (1024 * 1024))} MiB`;
}
