import type { Area, Handlers, Member } from '../../../schema/contract/contract.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { CallMeter, type CallResult } from './call-meter.ts';
import type { CallContext, Caller } from './context.ts';
import type { Act } from './act-in-progress.ts';
import { type ActRequest, beginAct, type Gate } from './gate.ts';
import { redactedAnswer, redactedEvents, redactedFault, seesEverything } from './outgoing.ts';
import type { Capability, ReviewRequest } from './ports.ts';
import { ContractValidators, describeErrors, pointerOf } from './validators.ts';

export type Handler = (input: unknown, context: CallContext) => unknown;
export type HandlersOf<T extends Record<string, Area>> = { readonly [N in keyof T]: Handlers<T[N], CallContext> };

export interface Request {
  readonly method: string;
  readonly input: unknown;
  readonly caller: Caller;
  /** Asked for only where somebody listens to it: a host may make it then, as many calls are over sooner than one is made. */
  readonly signal: AbortSignal;
  readonly review: 'wait' | 'approve' | 'refuse';
  readonly capability?: Capability;
  /** Told when a question is put to a person. */
  readonly onReview?: ReviewRequest['onAsked'];
}

interface Prepared {
  readonly member: Member;
  readonly handler: Handler;
  readonly receivedAt: number;
}

/** A call on its way through the gate. */
class CallAct implements ActRequest {
  readonly method: string;
  readonly member: Member;
  readonly input: unknown;
  readonly caller: Caller;
  readonly review: Request['review'];
  readonly capability: Capability | undefined;
  readonly onReview: ReviewRequest['onAsked'];
  readonly clock: Clock;
  readonly receivedAt: number;
  readonly meter: CallMeter;
  readonly #request: Request;

  constructor(
    request: Request,
    { member, receivedAt }: Prepared,
    { clock, meter }: { readonly clock: Clock; readonly meter: CallMeter },
  ) {
    this.method = request.method;
    this.member = member;
    this.input = request.input;
    this.caller = request.caller;
    this.review = request.review;
    this.capability = request.capability;
    this.onReview = request.onReview;
    this.clock = clock;
    this.receivedAt = receivedAt;
    this.meter = meter;
    this.#request = request;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }
}

/**
 * The one way to a handler: decode, validate, decide, record the decision, act, validate the answer, record the outcome.
 * Hosts bring a caller's identity and bytes; nothing else reaches the kernel.
 */
export class Dispatch<T extends Record<string, Area> = Record<string, Area>> {
  /** What became of calls so far. */
  readonly meter = new CallMeter();
  readonly #validators: ContractValidators;
  readonly #handlers = new Map<string, Handler>();
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: { areas: T; handlers: HandlersOf<T>; gate: Gate; clock: Clock; logger: Logger }) {
    this.#validators = new ContractValidators(options.areas);
    this.#gate = options.gate;
    this.#clock = options.clock;
    this.#logger = options.logger;
    for (const [key, area] of Object.entries(options.areas)) {
      for (const name of Object.keys(area.members)) {
        // HandlersOf guarantees that each member of each area has its handler; the loop erases that type.
        const handler = (options.handlers as Record<string, Record<string, Handler>>)[key]?.[name];
        if (handler) this.#handlers.set(`${area.name}.${name}`, handler);
      }
    }
  }

  memberOf(method: string): Member | undefined {
    return this.#validators.member(method);
  }

  /** Answers a call. Rejects with a Fault, never with anything else. */
  async call(request: Request): Promise<unknown> {
    const prepared = this.#prepare(request);
    const begun = this.#begin(request, prepared);
    const act = begun instanceof Promise ? await begun : begun;
    try {
      const output = await prepared.handler(request.input, act.context);
      this.#checkOutput(request.method, output);
      await act.finish();
      this.#count(request, prepared, 'ok');
      if (seesEverything(request.caller)) return output;
      return redactedAnswer(prepared.member, output, this.#gate.redaction());
    } catch (thrown) {
      this.#count(request, prepared, 'failed');
      throw this.#told(request, await this.#fail(request.method, act, thrown));
    }
  }

  /** Opens a stream. What it yields is validated; the act ends with it, also when the reader stops early. */
  stream(request: Request): AsyncGenerator<unknown, void, undefined> {
    const events = this.#events(request);
    return seesEverything(request.caller) ? events : redactedEvents(events, this.#gate.redaction());
  }

  async *#events(request: Request): AsyncGenerator<unknown, void, undefined> {
    const prepared = this.#prepare(request);
    const act = await this.#begin(request, prepared);
    let ended = false;
    try {
      // Members of kind `stream` have handlers that give an AsyncIterable (Handlers<A, C>).
      for await (const event of prepared.handler(request.input, act.context) as AsyncIterable<unknown>) {
        this.#checkOutput(request.method, event);
        yield event;
      }
      ended = true;
      await act.finish();
      this.#count(request, prepared, 'ok');
    } catch (thrown) {
      ended = true;
      this.#count(request, prepared, 'failed');
      throw this.#told(request, await this.#fail(request.method, act, thrown));
    } finally {
      if (!ended) {
        // Whoever has seen enough got what they asked for.
        this.#count(request, prepared, 'ok');
        await act.fail(new Fault('cancelled', `The reader of ${request.method} stopped`));
      }
    }
  }

  #prepare(request: Request): Prepared {
    const receivedAt = performance.now();
    const member = this.#validators.member(request.method);
    const handler = this.#handlers.get(request.method);
    if (member === undefined || handler === undefined) {
      throw new Fault('unknown_call', `Cannot call "${request.method.slice(0, 128)}": the contract has no such call`);
    }
    const { input } = this.#validators.of(request.method);
    if (!input(request.input)) {
      throw new Fault('invalid_input', `Cannot call ${request.method}: ${describeErrors(input.errors)}`, {
        data: {
          errors: (input.errors ?? []).map((error) => ({ pointer: pointerOf(error), message: error.message })),
        },
      });
    }
    return { member, handler, receivedAt };
  }

  #count({ method }: Request, { receivedAt }: Prepared, result: CallResult): void {
    this.meter.ended(method, result, performance.now() - receivedAt);
  }

  #begin(request: Request, prepared: Prepared): Act | Promise<Act> {
    const refused = (thrown: unknown): never => {
      this.#count(request, prepared, 'refused');
      throw this.#logged(request.method, thrown);
    };
    try {
      const act = beginAct(this.#gate, new CallAct(request, prepared, { clock: this.#clock, meter: this.meter }));
      return act instanceof Promise ? act.catch(refused) : act;
    } catch (thrown) {
      return refused(thrown);
    }
  }

  #told({ caller }: Request, fault: Fault): Fault {
    return seesEverything(caller) ? fault : redactedFault(fault, this.#gate.redaction());
  }

  #checkOutput(method: string, output: unknown): void {
    const validate = this.#validators.of(method).output;
    if (validate(output)) return;
    throw new Fault('invalid_output', `Cannot answer ${method}: ${describeErrors(validate.errors)}`);
  }

  async #fail(method: string, act: Act, thrown: unknown): Promise<Fault> {
    const fault = act.refusal ?? this.#logged(method, thrown);
    await act.fail(fault);
    return fault;
  }

  #logged(method: string, thrown: unknown): Fault {
    const fault = toFault(thrown);
    if (fault.code === 'internal' || fault.code === 'invalid_output') {
      this.#logger.error('call failed', { method, code: fault.code, fault });
    }
    return fault;
  }
}
