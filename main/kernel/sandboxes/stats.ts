import Type, { type Static } from 'typebox';
import type { SandboxStats } from '../../../schema/contract/sandbox.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import { ownValidator } from '../validation/own-schema.ts';
import { pause } from '../../base/pause.ts';
import type { Profile } from './profiles.ts';
import type { NetworkUse } from './sandbox-network.ts';
import { type Pulse, Stirring } from './stirring.ts';

export interface StatsOptions {
  /** Asks the system or, where it cannot tell, the agent, whose answer is the sandbox's word. Throws when the sandbox is gone. */
  readonly ask: () => unknown;
  readonly usedBytes: () => Promise<number>;
  readonly pulse: Pulse;
  /** undefined: it has no network. */
  readonly network: () => NetworkUse | undefined;
  readonly profile: Pick<Profile, 'cpus' | 'memoryBytes' | 'pids' | 'diskBytes'>;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Counting what lies on the disk takes at most so much of the time: a large layer is counted less often. */
const DISK_SHARE = 20;

const Count = Type.Union([Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()]);
const AgentStats = Type.Object({ memoryBytes: Count, pids: Count, cpuMs: Type.Optional(Count) });
const validator = ownValidator<Static<typeof AgentStats>>(AgentStats, { allowUnionTypes: true });

/** What a sandbox uses, at once and then as often as asked, until the signal aborts. Throws what `ask` throws. */
export async function* followStats(options: StatsOptions): AsyncGenerator<SandboxStats, void, undefined> {
  const { clock, everyMs, profile, signal } = options;
  const disk = new DiskCount(options);
  let before: { readonly atMs: number; readonly cpuMs: number } | undefined;
  while (!signal.aborted) {
    const [answer, diskBytes] = await Promise.all([options.ask(), disk.now()]);
    if (!validator()(answer))
      throw new Fault('sandbox_failed', 'Cannot read what the sandbox uses: it gave no such answer');
    const atMs = clock.now();
    const { cpuMs = null, memoryBytes, pids } = answer;
    const passedMs = before === undefined ? 0 : atMs - before.atMs;
    yield {
      atMs,
      cpus:
        cpuMs === null || before === undefined || passedMs <= 0 ? null : Math.max(0, cpuMs - before.cpuMs) / passedMs,
      cpuLimit: profile.cpus,
      memoryBytes: whole(memoryBytes),
      memoryLimitBytes: profile.memoryBytes,
      pids: whole(pids),
      pidsLimit: profile.pids,
      diskBytes,
      diskLimitBytes: profile.diskBytes,
      network: options.network() ?? null,
    };
    before = cpuMs === null ? undefined : { atMs, cpuMs };
    await pause(clock, everyMs, signal);
  }
}

class DiskCount {
  readonly #options: StatsOptions;
  readonly #stirring: Stirring;
  #bytes = 0;
  #nextMs = 0;

  constructor(options: StatsOptions) {
    this.#options = options;
    this.#stirring = new Stirring(options.pulse, options.clock);
  }

  async now(): Promise<number> {
    const { clock, everyMs, usedBytes } = this.#options;
    const startedMs = clock.now();
    if (startedMs < this.#nextMs || this.#stirring.isStill()) return this.#bytes;
    this.#bytes = await usedBytes();
    this.#stirring.looked();
    const endedMs = clock.now();
    this.#nextMs = endedMs + Math.max(everyMs, (endedMs - startedMs) * DISK_SHARE);
    return this.#bytes;
  }
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
