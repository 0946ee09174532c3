import type { PolicyCall, PolicyDocument, PolicyRule } from '../schema/policy.ts';

/** A rule that every engine of the comparison can express: a syscall, a folder, perhaps a tag of the caller. */
export interface BenchRule {
  readonly syscall: string;
  readonly folder: string;
  readonly tag: string | undefined;
  readonly effect: 'allow' | 'deny';
}

export interface BenchRequest {
  readonly syscall: string;
  readonly path: string;
  readonly tag: string;
}

const SYSCALLS = Array.from(
  { length: 20 },
  (_, index) => `${['fs', 'git', 'search', 'test'][index % 4] ?? 'fs'}.call${index}`,
);
const FOLDERS = ['src', 'tests', 'docs', 'scripts', 'secrets'];
const TAGS = ['core_plugin', 'third_party'];

/** The same numbers in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function folderOf(index: number): string {
  return `packages/p${Math.floor(index / FOLDERS.length)}/${FOLDERS[index % FOLDERS.length] ?? ''}`;
}

/**
 * Rules as a large real document has them: each about one folder of one package, every third for one kind of caller only,
 * `secrets` denied. `spread`: over 20 syscalls; `packed`: all on one.
 */
export function benchRules(count: number, kind: 'spread' | 'packed'): BenchRule[] {
  return Array.from({ length: count }, (_, index) => {
    const place = kind === 'spread' ? Math.floor(index / SYSCALLS.length) : index;
    const folder = folderOf(place);
    return {
      syscall: SYSCALLS[kind === 'spread' ? index % SYSCALLS.length : 0] ?? '',
      folder,
      tag: place % 3 === 0 ? TAGS[place % TAGS.length] : undefined,
      effect: folder.endsWith('secrets') ? 'deny' : 'allow',
    };
  });
}

/** Calls about places that the rules speak of, and one in four about one that they do not. */
export function benchRequests(rules: readonly BenchRule[], count: number): BenchRequest[] {
  const random = seededRandom(rules.length);
  const pick = <T>(values: readonly T[], otherwise: T): T => values[Math.floor(random() * values.length)] ?? otherwise;
  return Array.from({ length: count }, () => {
    const rule = pick(rules, { syscall: '', folder: '', tag: undefined, effect: 'deny' });
    const folder = random() < 0.25 ? `packages/q${Math.floor(random() * 100)}/src` : rule.folder;
    return {
      syscall: rule.syscall,
      path: `${folder}/components/file${Math.floor(random() * 1000)}.ts`,
      tag: pick(TAGS, ''),
    };
  });
}

export function benchDocument(rules: readonly BenchRule[]): PolicyDocument {
  return {
    version: 1,
    rules: rules.map(
      ({ syscall, folder, tag, effect }, index): PolicyRule => ({
        name: `rule-${index}`,
        match: { syscall, path_glob: [`${folder}/**`], ...(tag === undefined ? {} : { caller_tag: [tag] }) },
        action: effect,
        reason: `rule ${index} about ${folder}`,
      }),
    ),
  };
}

/** A call as it comes off the wire: every text of it is an object of its own. */
export function benchCall({ syscall, path, tag }: BenchRequest): PolicyCall {
  const call: PolicyCall = {
    syscall,
    path,
    caller: { container_id: 'c1', peer_pid: 41, tags: [tag] },
    session: { mode: 'strict', state: 'idle' },
    at: 1000,
  };
  return JSON.parse(JSON.stringify(call)) as PolicyCall; // what went in comes out
}
