import type { ValidateFunction } from 'ajv';
import { LineCounter, parseDocument } from 'yaml';
import { Fault } from '../../../schema/fault.ts';
import { ownValidator } from '../validation/own-schema.ts';
import { ProfileDocument, SeccompDocument } from '../../../schema/profile.ts';
import { parseSizeBytes, parseTimeMs } from '../policy/units.ts';
import { type SeccompProfile, seccompProfile } from './seccomp.ts';

/** A profile, its texts read and its system calls worked out. Sizes in bytes, times in milliseconds. */
export interface Profile {
  readonly name: string;
  readonly about: string;
  readonly image: string;
  readonly network: 'none' | 'restricted';
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
  readonly openFiles: number;
  readonly diskBytes: number;
  readonly fileSizeBytes: number;
  readonly tmpBytes: number;
  readonly homeBytes: number;
  /** What package managers may keep for all sandboxes of a workspace; undefined: nothing. */
  readonly cacheBytes?: number | undefined;
  readonly timeLimitMs: number | undefined;
  /** Ended after so long without use. */
  readonly idleLimitMs?: number | undefined;
  readonly callTimeLimitMs: number | undefined;
  readonly seccomp: SeccompProfile;
  /** What a workspace's own sandbox adds (cave.yaml). */
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Only these of the policy's groups of hosts. */
  readonly groups?: readonly string[];
}

/** A file as it was read; `name` is what messages call it. */
export interface ProfileFile {
  readonly name: string;
  readonly text: string;
}

export interface ProfileFiles {
  readonly profiles: readonly ProfileFile[];
  readonly seccomp: readonly ProfileFile[];
}

const profileValidator = ownValidator<ProfileDocument>(ProfileDocument);
const seccompValidator = ownValidator<SeccompDocument>(SeccompDocument);

/**
 * Reads all profiles.
 * @throws Fault `profile_unknown`, whose message names the file and the line that is wrong.
 */
export function readProfiles(files: ProfileFiles): ReadonlyMap<string, Profile> {
  const seccomp = new Map<string, SeccompDocument>();
  for (const file of files.seccomp) {
    const document = readYaml(file, seccompValidator());
    seccomp.set(document.name, document);
  }
  const profiles = new Map<string, Profile>();
  for (const file of files.profiles) {
    const document = readYaml(file, profileValidator());
    if (profiles.has(document.name)) throw unreadable(file, 1, `profile "${document.name}" is there already`);
    profiles.set(document.name, toProfile(document, seccomp));
  }
  return profiles;
}

function toProfile(document: ProfileDocument, seccomp: ReadonlyMap<string, SeccompDocument>): Profile {
  const { memory, disk, fileSize, tmp, home, cache, timeLimit, idleLimit, callTimeLimit, ...rest } = document;
  return {
    ...rest,
    memoryBytes: parseSizeBytes(memory),
    diskBytes: parseSizeBytes(disk),
    fileSizeBytes: parseSizeBytes(fileSize),
    tmpBytes: parseSizeBytes(tmp),
    homeBytes: parseSizeBytes(home),
    cacheBytes: cache === undefined ? undefined : parseSizeBytes(cache),
    timeLimitMs: timeLimit === undefined ? undefined : parseTimeMs(timeLimit),
    ...(idleLimit === undefined ? {} : { idleLimitMs: parseTimeMs(idleLimit) }),
    callTimeLimitMs: callTimeLimit === undefined ? undefined : parseTimeMs(callTimeLimit),
    seccomp: seccompProfile(document.seccomp, seccomp),
  };
}

function readYaml<T>(file: ProfileFile, validate: ValidateFunction<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, uniqueKeys: true });
  const syntax = document.errors[0];
  if (syntax) throw unreadable(file, lines.linePos(syntax.pos[0]).line, syntax.message.split('\n')[0] ?? '');
  const value: unknown = document.toJS();
  if (validate(value)) return value;
  const error = validate.errors?.[0];
  const unknownKey: unknown = error?.params['additionalProperty'];
  const path = (error?.instancePath ?? '').split('/').slice(1);
  if (typeof unknownKey === 'string') path.push(unknownKey);
  const problem = typeof unknownKey === 'string' ? 'unknown key' : (error?.message ?? 'not a profile');
  throw unreadable(file, lineOf(document, lines, path), `${path.join('.') || 'document'}: ${problem}`);
}

/** The line of a key; of the nearest one above it where the key itself is missing. */
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    if (Array.isArray(range) && typeof range[0] === 'number') return lines.linePos(range[0]).line;
  }
  return 1;
}

function unreadable(file: ProfileFile, line: number, problem: string): Fault {
  return new Fault('profile_unknown', `Cannot read ${file.name}: line ${line}: ${problem}`, {
    fix: `Correct line ${line} of ${file.name}.`,
  });
}
