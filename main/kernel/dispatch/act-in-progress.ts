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

export class ActInProgress implements Act {
  readonly context: CallContext;
  readonly #gate: Gate;
  readonly #request: ActRequest;
  readonly #base: ActInProgressOptions['base'];
  readonly #startedAtMs: number;
  readonly #running: WatchedAct | undefined;
  #notes: ActNotes | undefined;
  #ended = false;

  constructor({ gate, request, base, decision, reviewMs, running, seal }: ActInProgressOptions) {
    this.#gate = gate;
    this.#running = running;
    this.#request = request;
    this.#base = base;
    this.#startedAtMs = request.clock.now();
    this.context = {
      caller: request.caller,
      signal: running?.signal ?? request.signal,
      act: base.act,
      decision,
      ...(seal === undefined ? {} : { seal }),
      receivedAt: request.receivedAt,
      reviewMs,
      note: (notes) => {
        this.#notes = { ...this.#notes, ...notes, data: { ...this.#notes?.data, ...notes.data } };
      },
    };
  }

  get refusal(): Fault | undefined {
    return this.#running?.refusal;
  }

  finish(): Promise<void> {
    return this.#end({});
  }

  fail(fault: Fault): Promise<void> {
    return this.#end({ reason: summarise(`${fault.code}: ${fault.message}`, this.#gate.redact) });
  }

  async #end(outcome: Pick<ActRecord, 'reason'>): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#running?.[Symbol.dispose]();
    const { method, member, clock } = this.#request;
    if (!isRecorded(member)) return;
    // Redacting keeps the form.
    const clean = this.#gate.redaction().redactValue(this.#notes ?? {}) as ActNotes;
    const { output, data, ...notes } = clean;
    const record: ActRecord = {
      ...this.#base,
      ...notes,
      ...(output === undefined ? {} : { output: summarise(output, this.#gate.redact) }),
      data: { call: method, ...data },
      ...outcome,
      type: member.records?.after ?? 'call_finished',
      durationMs: Math.max(0, Math.round(clock.now() - this.#startedAtMs)),
    };
    if (member.effect === 'grant' && this.#gate.audit.writable) await this.#gate.audit.append(record);
    else this.#gate.audit.record(record);
  }
}
