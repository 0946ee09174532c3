import type { Decision } from '../../../schema/policy.ts';
import type { Fault } from '../../../schema/fault.ts';
import { isRecorded, summarise } from './act-record.ts';
import type { ActNotes, CallContext } from './context.ts';
import type { ActRequest, Gate } from './gate.ts';
import type { ActRecord } from './ports.ts';
import type { WatchedAct } from './running-acts.ts';

/** A call that was allowed and whose outcome has yet to be recorded. */
export interface Act {
  readonly context: CallContext;
  /** Why the act was stopped before its end; undefined where it was not. */
  readonly refusal: Fault | undefined;
  finish(): Promise<void>;
  fail(fault: Fault): Promise<void>;
}

export interface ActInProgressOptions {
  readonly gate: Gate;
  readonly request: ActRequest;
  readonly base: Pick<ActRecord, 'act' | 'actor' | 'session' | 'tool' | 'path' | 'token'>;
  readonly decision: Decision;
  readonly reviewMs: number;
  readonly running: WatchedAct | undefined;
  readonly seal: string | undefined;
}

/** What a handler is told of its act, and what it adds to its record. */
class ActContext implements CallContext {
  readonly caller: CallContext['caller'];
  readonly act: CallContext['act'];
  readonly decision: Decision;
  readonly seal: string | undefined;
  readonly receivedAt: number;
  readonly reviewMs: number;
  readonly note: CallContext['note'];
  readonly #request: ActRequest;
  readonly #running: WatchedAct | undefined;

  constructor({ request, base, decision, reviewMs, running, seal }: ActInProgressOptions, note: CallContext['note']) {
    this.caller = request.caller;
    this.act = base.act;
    this.decision = decision;
    this.seal = seal;
    this.receivedAt = request.receivedAt;
    this.reviewMs = reviewMs;
    this.note = note;
    this.#request = request;
    this.#running = running;
  }

  get signal(): AbortSignal {
    return this.#running?.signal ?? this.#request.signal;
  }
}

/** There is nothing to wait for. */
const DONE: Promise<void> = Promise.resolve();

export class ActInProgress implements Act {
  readonly context: CallContext;
  readonly #options: ActInProgressOptions;
  readonly #startedAtMs: number;
  #notes: ActNotes | undefined;
  #ended = false;

  constructor(options: ActInProgressOptions) {
    this.#options = options;
    this.#startedAtMs = options.request.clock.now();
    this.context = new ActContext(options, (notes) => {
      this.#notes = { ...this.#notes, ...notes, data: { ...this.#notes?.data, ...notes.data } };
    });
  }

  get refusal(): Fault | undefined {
    return this.#options.running?.refusal;
  }

  finish(): Promise<void> {
    return this.#isOver() ? DONE : this.#record({});
  }

  fail(fault: Fault): Promise<void> {
    if (this.#isOver()) return DONE;
    return this.#record({ reason: summarise(`${fault.code}: ${fault.message}`, this.#options.gate.redact) });
  }

  /** Ends the act; true where there is nothing to record of its end. */
  #isOver(): boolean {
    if (this.#ended) return true;
    this.#ended = true;
    const { running, request } = this.#options;
    running?.[Symbol.dispose]();
    return !isRecorded(request.member);
  }

  async #record(outcome: Pick<ActRecord, 'reason'>): Promise<void> {
    const { gate, request, base } = this.#options;
    const { method, member, clock } = request;
    // Redacting keeps the form.
    const clean = gate.redaction().redactValue(this.#notes ?? {}) as ActNotes;
    const { output, data, ...notes } = clean;
    const record: ActRecord = {
      ...base,
      ...notes,
      ...(output === undefined ? {} : { output: summarise(output, gate.redact) }),
      data: { call: method, ...data },
      ...outcome,
      type: member.records?.after ?? 'call_finished',
      durationMs: Math.max(0, Math.round(clock.now() - this.#startedAtMs)),
    };
    if (member.effect === 'grant' && gate.audit.writable) await gate.audit.append(record);
    else gate.audit.record(record);
  }
}
