import type { Ledger, Room } from './ledger.ts';
import type { Task } from './task.ts';

export interface Scene {
  readonly running: readonly Task[];
  readonly ledger: Ledger;
  readonly nowMs: number;
}

export interface Victims {
  readonly how: 'pause' | 'end';
  readonly victims: readonly Task[];
}

const NOBODY: Victims = { how: 'pause', victims: [] };
/** Whoever has used so much of its time limit may finish. */
const ALMOST_DONE = 0.8;

/** Who has to make room for a task that cannot start: the fewest of the lowest priority, among equals those that have lost least. */
export function chooseVictims(claimant: Task, scene: Scene): Victims {
  const { room } = claimant.station;
  if (scene.ledger.fits(room)) return NOBODY;
  const how = scene.ledger.isShortOfMemory(room) ? 'end' : 'pause';
  const candidates = scene.running.filter((task) => isVictim(task, claimant, scene));
  const able = how === 'end' ? candidates : candidates.filter((task) => mayPause(task, claimant));
  able.sort(byLoss);
  const victims: Task[] = [];
  const rooms: Room[] = [];
  for (const task of able) {
    victims.push(task);
    rooms.push(task.station.room);
    if (scene.ledger.fitsWithout(room, rooms, how)) return { how, victims };
  }
  return NOBODY;
}

function isVictim({ spec, run }: Task, claimant: Task, { nowMs }: Scene): boolean {
  if (!spec.preemptible || run === undefined || run.phase !== 'running' || run.level <= claimant.priority) return false;
  return run.usedMs + nowMs - run.startedMs <= ALMOST_DONE * spec.timeoutMs;
}

/** A sandbox stands still as a whole: it must be nobody else's, and have no terminal open. */
function mayPause(task: Task, claimant: Task): boolean {
  const { session } = task.station;
  const isAlone = session.running === 1 && session.paused === undefined && session.id !== '';
  return isAlone && session.terminals === 0 && task.run?.unpausable !== true && session.id !== claimant.spec.session;
}

function byLoss(a: Task, b: Task): number {
  const [first, second] = [a.run, b.run];
  if (first === undefined || second === undefined) return 0;
  return second.level - first.level || second.startedMs - first.startedMs || b.turn - a.turn;
}
