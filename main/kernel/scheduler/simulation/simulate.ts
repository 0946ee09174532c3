import type { Action, KeptTask, SchedulerEvent, TaskChange } from '../decision.ts';
import { SchedulerCore } from '../scheduler-core.ts';
import { isEndState, type Priority, type Task } from '../task.ts';
import { Machine } from './machine.ts';
import { Random } from './random.ts';
import { Referee } from './referee.ts';
import { randomBatch, randomScenario, type Scenario } from './scenario.ts';

const STEP_LIMIT = 100_000;

/** One run of a random world against the scheduler. The same seed gives the same record. @throws BrokenLaw */
export function simulate(seed: number): readonly string[] {
  const world = new World(seed);
  world.run();
  return world.record;
}

class World {
  readonly record: string[] = [];
  readonly #random: Random;
  readonly #scenario: Scenario;
  readonly #machine: Machine;
  readonly #referee: Referee;
  #core: SchedulerCore;
  /** The machine's own time, and how wrong the clock is that the scheduler sees. */
  #nowMs = 0;
  #clockErrorMs = 1_000_000;
  #submitted: string[] = [];
  /** Those that the core knows and that have not ended. */
  readonly #tasks = new Map<string, Task>();
  #isUnderPressure = false;
  readonly #held = new Set<string>();
  readonly #terminals = new Map<string, number>();

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#scenario = randomScenario(this.#random);
    this.#machine = new Machine(this.#random, this.#scenario.odds);
    this.#referee = new Referee(this.#scenario);
    this.#core = this.#newCore();
  }

  run(): void {
    const { tasks, odds } = this.#scenario;
    let nextSubmitMs = 0;
    for (let step = 0; step < STEP_LIMIT; step += 1) {
      const isBusy = this.#submitted.length < tasks;
      if (isBusy && nextSubmitMs <= this.#nowMs) {
        this.#submit();
        nextSubmitMs = this.#nowMs + (this.#random.chance(0.5) ? 0 : this.#random.between(0, 3000));
      }
      this.#interfere(isBusy, odds);
      for (let event = this.#machine.happened(this.#nowMs); event; event = this.#machine.happened(this.#nowMs)) {
        this.#apply(event);
      }
      const dueMs = this.#nowMs + (this.#core.nextDueInMs ?? Number.POSITIVE_INFINITY);
      const nextMs = Math.min(isBusy ? nextSubmitMs : Number.POSITIVE_INFINITY, this.#machine.nextAtMs, dueMs);
      if (nextMs === Number.POSITIVE_INFINITY) {
        if (this.#calmDown()) continue;
        return this.#referee.atTheEnd();
      }
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      if (dueMs <= this.#nowMs) this.#apply({ type: 'tick' });
    }
    throw new Error('The simulation does not come to its end');
  }

  #newCore(): SchedulerCore {
    const known = (id: string) => this.#tasks.get(id) ?? this.#referee.endedState(id);
    return new SchedulerCore({ limits: this.#scenario.limits, known });
  }

  #submit(): void {
    const left = this.#scenario.tasks - this.#submitted.length;
    const batch = randomBatch(this.#random, this.#scenario, { ids: this.#submitted, left });
    this.#submitted.push(...batch.map(({ id }) => id));
    this.#referee.submitted(batch, this.#wallMs);
    this.#apply({ type: 'submit', tasks: batch });
  }

  #interfere(isBusy: boolean, odds: Scenario['odds']): void {
    const random = this.#random;
    if (this.#submitted.length === 0) return;
    const anyTask = (): string => random.pick(this.#submitted);
    if (random.chance(odds.cancel)) this.#tell(anyTask(), (task) => ({ type: 'cancel', task }));
    if (random.chance(odds.cancel)) {
      // The numbers are priorities.
      const priority = random.between(1, 5) as Priority;
      this.#tell(anyTask(), (task) => ({ type: 'reprioritise', task, priority }));
    }
    if (random.chance(odds.lasts)) this.#tell(anyTask(), (task) => ({ type: 'lasts', task }));
    if (random.chance(odds.clockJump)) this.#clockErrorMs += random.between(-60_000, 60_000);
    if (random.chance(odds.crash)) this.#crash();
    if (!isBusy) return;
    if (random.chance(odds.hold)) this.#hold(anyTask());
    if (random.chance(odds.terminal)) this.#terminal(random.pick(this.#scenario.sessions), random.between(0, 1));
    if (random.chance(odds.pressure)) this.#press(random.pick(['none', 'high', 'critical']));
  }

  /** Takes back what would let tasks wait for ever. */
  #calmDown(): boolean {
    if (this.#isUnderPressure) this.#press('none');
    else if (this.#held.size > 0) {
      for (const id of this.#held) this.#tell(id, (task) => ({ type: 'release', task }));
      this.#held.clear();
    } else return false;
    return true;
  }

  #hold(id: string): void {
    this.#held.add(id);
    this.#tell(id, (task) => ({ type: 'hold', task }));
  }

  #tell(id: string, eventOf: (task: Task) => SchedulerEvent): void {
    const task = this.#tasks.get(id);
    if (task !== undefined) this.#apply(eventOf(task));
  }

  #terminal(session: string, open: number): void {
    this.#terminals.set(session, open);
    this.#apply({ type: 'terminals', session, open });
  }

  #press(level: 'none' | 'high' | 'critical'): void {
    this.#isUnderPressure = level !== 'none';
    this.#apply({ type: 'pressure', level });
  }

  #crash(): void {
    this.record.push('crash');
    this.#machine.crash();
    this.#tasks.clear();
    this.#core = this.#newCore();
    this.#held.clear();
    this.#isUnderPressure = false;
    const tasks: KeptTask[] = [];
    for (const { spec, createdWallMs, state, failures, priority } of this.#referee.tasks.values()) {
      const isEnded = this.#referee.endedState(spec.id) !== undefined;
      if (!isEnded) tasks.push({ spec, createdMs: createdWallMs, state, failures, priority });
    }
    this.#referee.crash();
    this.#apply({ type: 'restore', tasks });
    for (const [session, open] of this.#terminals) this.#apply({ type: 'terminals', session, open });
  }

  #know({ task, to }: TaskChange): void {
    if (isEndState(to)) this.#tasks.delete(task.spec.id);
    else this.#tasks.set(task.spec.id, task);
  }

  get #wallMs(): number {
    return this.#nowMs + this.#clockErrorMs;
  }

  #apply(event: SchedulerEvent): void {
    this.#referee.before(event, this.#core);
    const actions = this.#core.apply(event, this.#wallMs);
    for (const action of actions) {
      this.record.push(lineOf(action));
      if (action.type === 'changed') this.#know(action);
    }
    this.#referee.after(event, actions, this.#core);
    for (const action of actions) this.#machine.perform(action, this.#nowMs);
  }
}

/** One line of the record, without what is only the machine's. */
function lineOf(action: Action): string {
  const { task, ...rest } = action;
  return JSON.stringify({ task: task.spec.id, ...rest });
}
