import type { SchedulerLimits } from '../ledger.ts';
import { BrokenLaw } from './broken-law.ts';
import { hasSlot, type Watched } from './watched.ts';

export interface CapacityView {
  readonly tasks: ReadonlyMap<string, Watched>;
  /** Sessions whose sandbox stands still, or is about to, by the task for which it does. */
  readonly still: ReadonlyMap<string, string>;
}

interface Claim {
  readonly claimant: Watched;
  readonly how: 'settle' | 'end';
}

/** What the limits leave, counted anew over all tasks whenever it is asked for. */
export class Capacity {
  readonly #limits: SchedulerLimits;
  readonly #view: CapacityView;
  /** By the task that was told to make room. */
  readonly #claims = new Map<string, Claim>();
  #hasNewClaims = false;
  #newBytes = 0;

  constructor(limits: SchedulerLimits, view: CapacityView) {
    this.#limits = limits;
    this.#view = view;
  }

  crash(): void {
    this.#claims.clear();
  }

  claim(victim: Watched, claimant: Watched, how: Claim['how']): void {
    this.#claims.set(victim.spec.id, { claimant, how });
    this.#hasNewClaims = true;
    this.#newBytes += this.#bytesOf(claimant);
  }

  /** Nobody is told to make room for one that has none then, beside all others that room is made for. */
  #checkClaims(): void {
    // Somebody of priority 1 may have taken the memory since; who needs none is not kept from its slot by that.
    const asksForMemory = this.#newBytes > 0;
    this.#hasNewClaims = false;
    this.#newBytes = 0;
    let usedBytes = this.#usedBytes();
    let running = this.#running().length;
    for (const [id, { how: made }] of this.#claims) {
      const of = this.#view.tasks.get(id);
      if (of === undefined) continue;
      running -= this.#isBeside(of) ? 0 : 1;
      if (made === 'end') usedBytes -= this.#bytesOf(of);
    }
    for (const one of new Set([...this.#claims.values()].map((claim) => claim.claimant))) {
      running += this.#isBeside(one) ? 0 : 1;
      usedBytes += this.#bytesOf(one);
    }
    const { memoryBytes, globalMax } = this.#limits;
    if ((usedBytes <= memoryBytes || !asksForMemory) && running <= globalMax) return;
    const made = [...this.#claims].map(([id, { claimant, how }]) => `${id} (${how}) for ${claimant.spec.id}`);
    throw new BrokenLaw(`${running} run in ${usedBytes} bytes when room is made: ${made.join(', ')}`);
  }

  /** Who has started or ended claims nothing, and who has paused or ended has made its room. */
  changed(task: Watched): void {
    this.#claims.delete(task.spec.id);
    // Somebody may hold it back meanwhile: what was told to make room does so all the same.
    if (task.state === 'queued' || task.state === 'waiting_dependency' || task.state === 'paused') return;
    for (const [id, { claimant }] of this.#claims) if (claimant === task) this.#claims.delete(id);
  }

  wentOn(id: string): void {
    this.#claims.delete(id);
  }

  check(): void {
    const { globalMax, memoryBytes, profiles } = this.#limits;
    const running = this.#running();
    if (running.length > globalMax) throw new BrokenLaw(`${running.length} run, more than ${globalMax}`);
    for (const [name, { slots }] of Object.entries(profiles)) {
      const count = this.#countOf(name);
      if (count > slots) throw new BrokenLaw(`${count} of ${name} run, more than ${slots}`);
    }
    if (this.#hasNewClaims) this.#checkClaims();
    const used = this.#usedBytes();
    if (used > memoryBytes) throw new BrokenLaw(`${used} bytes are reserved, more than ${memoryBytes}`);
  }

  /** Whether it could start beside what is kept for another. */
  fits(task: Watched, reserving: Watched | undefined): boolean {
    const { memoryBytes, globalMax, profiles } = this.#limits;
    const need = this.#bytesOf(task);
    if (!this.hasSlot(task) || this.#usedBytes() + need > memoryBytes) return false;
    if (reserving === undefined || reserving === task || task.priority === 1 || reserving.state !== 'queued')
      return true;
    const kept = profiles[reserving.spec.profile];
    const free = globalMax - this.#running().length - (this.#isBeside(reserving) ? 0 : 1);
    if (!this.#isBeside(task) && free < 1) return false;
    if (need > 0 && this.#usedBytes() + need + (kept?.memoryBytes ?? 0) > memoryBytes) return false;
    const isSame = reserving.spec.profile === task.spec.profile;
    return !isSame || this.#countOf(task.spec.profile) + 2 <= (kept?.slots ?? 0);
  }

  hasSlot(task: Watched): boolean {
    const { globalMax, profiles } = this.#limits;
    const isFull = !this.#isBeside(task) && this.#running().length >= globalMax;
    return !isFull && this.#countOf(task.spec.profile) < (profiles[task.spec.profile]?.slots ?? 0);
  }

  /** Those that have a slot of all. */
  #running(): Watched[] {
    return [...this.#view.tasks.values()].filter((task) => hasSlot(task) && !this.#isBeside(task));
  }

  #countOf(profile: string): number {
    return [...this.#view.tasks.values()].filter((task) => hasSlot(task) && task.spec.profile === profile).length;
  }

  #usedBytes(): number {
    let used = 0;
    for (const task of this.#view.tasks.values()) {
      const { spec, state, starts, isHeld } = task;
      const holds = state === 'running' || (state === 'paused' && starts > 0 && !(isHeld && this.#wasQueued(spec.id)));
      if (holds) used += this.#bytesOf(task);
    }
    return used;
  }

  /** Held back in the queue, it has no sandbox that stands still. */
  #wasQueued(id: string): boolean {
    return ![...this.#view.still.values()].includes(id);
  }

  #bytesOf({ spec }: Watched): number {
    return this.#limits.profiles[spec.profile]?.memoryBytes ?? 0;
  }

  #isBeside({ spec }: Watched): boolean {
    return this.#limits.profiles[spec.profile]?.isBeside ?? false;
  }
}
