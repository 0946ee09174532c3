import type { ChangesOptions } from '../../kernel/changes/changes.ts';

/** What a call on a file costs at most on a slow machine. */
const FILE_CALL_MS = 0.05;
/** Some hundred times what an operation on a collection costs: a loop over a few thousand then shows like one over many. */
const COLLECTION_MS = 0.005;

type Method = (this: unknown, ...args: unknown[]) => unknown;

const COUNTED: readonly (readonly [prototype: object, names: readonly string[], cost: (self: unknown) => number])[] = [
  [Map.prototype, ['get', 'set', 'has'], () => 1],
  [Set.prototype, ['add', 'has'], () => 1],
  [Array.prototype, ['push'], () => 1],
  [Array.prototype, ['map', 'filter', 'flatMap', 'sort', 'forEach', 'some', 'every'], lengthOf],
];

function lengthOf(self: unknown): number {
  return Array.isArray(self) ? self.length : 0;
}

/**
 * Counts work instead of time: calls on files, and operations on collections. `performance.now()` tells it as
 * milliseconds while the meter is on, so that what paces itself by the clock does so by this one.
 */
export class WorkMeter implements Disposable {
  #workMs = 0;
  #turnStartedMs = 0;
  #isTold = false;
  readonly #limitMs: number;
  readonly #tooLong: string[] = [];
  #isOn = true;
  readonly #restore: (() => void)[] = [];

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    const startedMs = performance.now();
    this.#replace(performance, 'now', () => () => startedMs + this.#workMs);
    for (const [prototype, names, cost] of COUNTED) {
      for (const name of names) {
        // oxlint-disable-next-line unicorn/consistent-function-scoping -- it counts for this meter
        const counting = (original: Method): Method => this.#counting(original, (self) => cost(self) * COLLECTION_MS);
        this.#replace(prototype, name, counting);
      }
    }
    this.#turn();
  }

  /** Where turns of the event loop became longer than the limit, by what ran then. */
  get tooLong(): readonly string[] {
    return this.#tooLong;
  }

  /** Counts what is done through these ports. */
  watch(ports: ChangesOptions): ChangesOptions {
    const { workspaces, reader } = ports;
    return {
      ...ports,
      workspaces: { open: async (workspace) => this.#watched(await workspaces.open(workspace)) },
      reader: {
        marks: (layer, signal) => reader.marks(layer, signal),
        open: (layer) => this.#watched(reader.open(layer)),
      },
    };
  }

  [Symbol.dispose](): void {
    this.#isOn = false;
    for (const restore of this.#restore.reverse()) restore();
  }

  #watched<T extends object>(tree: T): T {
    return new Proxy(tree, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          this.#work(FILE_CALL_MS);
          return member.apply(target, args) as unknown;
        };
      },
    });
  }

  #counting(original: Method, costMs: (self: unknown) => number): Method {
    const count = (self: unknown): void => this.#work(costMs(self));
    return function counted(...args) {
      count(this);
      return original.apply(this, args);
    };
  }

  #replace(object: object, name: string, replacement: (original: Method) => Method): void {
    const descriptor = Object.getOwnPropertyDescriptor(object, name);
    const original = Reflect.get(object, name) as Method; // each of them is one
    Object.defineProperty(object, name, { configurable: true, writable: true, value: replacement(original) });
    this.#restore.push(() => {
      if (descriptor) Object.defineProperty(object, name, descriptor);
      else Reflect.deleteProperty(object, name);
    });
  }

  #work(ms: number): void {
    this.#workMs += ms;
    if (this.#isTold || this.#workMs - this.#turnStartedMs <= this.#limitMs) return;
    this.#isTold = true;
    const stack = new Error('too long a turn').stack ?? '';
    const ours = /main\/(?:kernel|platform)\/(?!workspace-files\/work-meter)[^)]+/g;
    this.#tooLong[this.#tooLong.length] = (stack.match(ours) ?? [stack]).join(' < ');
  }

  #turn(): void {
    if (!this.#isOn) return;
    this.#turnStartedMs = this.#workMs;
    this.#isTold = false;
    setImmediate(() => this.#turn());
  }
}
