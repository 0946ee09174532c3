import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Profile } from './profiles.ts';
import { pause } from '../../base/pause.ts';
import { type Pulse, Stirring } from './stirring.ts';

export interface LimitsOptions {
  readonly sandbox: string;
  readonly profile: Pick<Profile, 'timeLimitMs' | 'idleLimitMs' | 'diskBytes'>;
  readonly readyAtMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In place of the operator's words where what is counted is not the workspace's layer. */
  readonly faultOf?: (usedBytes: number) => Fault;
  /** For how long nothing has used it; absent: it cannot stand idle. */
  readonly idleMs?: () => number;
  readonly usedBytes: (signal: AbortSignal) => Promise<number>;
  /** Of all that can write what is counted. */
  readonly pulse: Pulse;
  /** Called once, with what was exceeded. */
  readonly onExceeded: (fault: Fault) => void;
}

/** More often where little room is left, and never more than a twentieth of the time. */
const COUNT_EVERY_MS = 2_000;
const COUNT_NEAR_LIMIT_EVERY_MS = 500;
const COUNT_SHARE = 20;

/** Watches the time of a sandbox, its use and what it writes; the other limits are the engine's. */
export function watchLimits(options: LimitsOptions): Disposable {
  const stopped = new AbortController();
  const timers: Disposable[] = [];
  const stop = (): void => {
    stopped.abort();
    for (const timer of timers) timer[Symbol.dispose]();
  };
  const exceed = (fault: Fault): void => {
    if (stopped.signal.aborted) return;
    stop();
    options.onExceeded(fault);
  };
  watchTime(options, timers, exceed);
  void watchUse(options, stopped.signal, exceed);
  void watchDisk(options, stopped.signal, exceed);
  return { [Symbol.dispose]: stop };
}

function watchTime(options: LimitsOptions, timers: Disposable[], exceed: (fault: Fault) => void): void {
  const { timeLimitMs } = options.profile;
  if (timeLimitMs === undefined) return;
  const leftMs = options.readyAtMs + timeLimitMs - options.clock.now();
  const fault = new Fault('sandbox_failed', `Sandbox "${options.sandbox}" was ended: its time was over`, {
    why: `Its profile allows ${timeLimitMs / 1000} s.`,
  });
  timers.push(options.clock.setTimer(leftMs, () => exceed(fault)));
}

async function watchUse(options: LimitsOptions, signal: AbortSignal, exceed: (fault: Fault) => void): Promise<void> {
  const { idleMs, profile, clock } = options;
  const { idleLimitMs } = profile;
  if (idleLimitMs === undefined || idleMs === undefined) return;
  for (let idle = idleMs(); !signal.aborted; idle = idleMs()) {
    if (idle >= idleLimitMs) return exceed(idleFault(options.sandbox, idleLimitMs));
    await pause(clock, idleLimitMs - idle, signal);
  }
}

function idleFault(sandbox: string, limitMs: number): Fault {
  return new Fault('sandbox_failed', `Sandbox "${sandbox}" was ended: nothing used it for too long`, {
    why: `It may stand idle for ${limitMs / 1000} s: no command, no call, no key stroke, nothing printed.`,
    fix: 'Resume the session; its changes are kept.',
  });
}

async function watchDisk(options: LimitsOptions, signal: AbortSignal, exceed: (fault: Fault) => void): Promise<void> {
  const { clock, pulse, profile } = options;
  const { diskBytes } = profile;
  const stirring = new Stirring(pulse, clock);
  let everyMs = COUNT_EVERY_MS;
  let tookMs = 0;
  while (!signal.aborted) {
    await pause(clock, Math.max(untilNextMs(clock, everyMs), tookMs * COUNT_SHARE), signal);
    tookMs = 0;
    if (signal.aborted || stirring.isStill()) continue;
    const startedMs = performance.now();
    const used = await counted(options, signal);
    if (used === undefined) continue;
    if (used > diskBytes) return exceed(options.faultOf?.(used) ?? diskFault(options.sandbox, used, diskBytes));
    stirring.looked();
    tookMs = performance.now() - startedMs;
    everyMs = used * 2 > diskBytes ? COUNT_NEAR_LIMIT_EVERY_MS : COUNT_EVERY_MS;
  }
}

/** Undefined where it could not be counted. */
async function counted(options: LimitsOptions, signal: AbortSignal): Promise<number | undefined> {
  try {
    return await options.usedBytes(signal);
  } catch (cause) {
    options.logger.warn('cannot count what a sandbox wrote', { sandbox: options.sandbox, cause });
    return undefined;
  }
}

/** All that wait for the same look at the same moment: the program is woken once for them. */
function untilNextMs(clock: Clock, everyMs: number): number {
  return everyMs - (clock.now() % everyMs);
}

function diskFault(sandbox: string, used: number, limit: number): Fault {
  const mib = (bytes: number): number => Math.round(bytes / (1024 * 1024));
  return new Fault('disk_full', `Sandbox "${sandbox}" was ended: it wrote too much`, {
    why: `It wrote ${mib(used)} MiB; its profile allows ${mib(limit)} MiB.`,
    fix: 'Merge or discard its changes, or use a profile that allows more.',
  });
}
