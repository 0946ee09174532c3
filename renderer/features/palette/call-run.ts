import { createStore } from 'zustand/vanilla';
import type { CallDescription } from '../../../schema/contract/call-descriptions.ts';
import type { CallOptions } from '../../../schema/contract/contract.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf, isCancelled } from '../../app/failure.ts';

interface CallRunState {
  readonly state: 'input' | 'running' | 'done' | 'failed';
  /** What came: an answer, or the events of a stream. */
  readonly result: unknown;
  readonly failure: Failure | undefined;
  /** What a person is asked before it goes on. */
  readonly question: string | undefined;
}

/** Makes a call of the contract by its name: a call answers a promise, a stream its events. */
export type MakeCall = (
  name: string,
  input: Readonly<Record<string, unknown>>,
  options: CallOptions,
) => Promise<unknown> | AsyncIterable<unknown>;

const EVENTS_KEPT = 500;
const BEGINNING: CallRunState = { state: 'input', result: undefined, failure: undefined, question: undefined };

/** One call that is made by hand, and what came of it. */
export class CallRun {
  readonly store = createStore<CallRunState>(() => BEGINNING);
  readonly #make: MakeCall;
  #running: AbortController | undefined;

  constructor(make: MakeCall) {
    this.#make = make;
  }

  /** Resolves when it has ended; what came of it is in the store. */
  async start({ name }: CallDescription, input: Readonly<Record<string, unknown>>): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.store.setState({ ...BEGINNING, state: 'running' });
    try {
      const answer = this.#make(name, input, {
        signal: running.signal,
        onReview: ({ summary }) => this.store.setState({ question: summary }),
      });
      const result = isStream(answer) ? await this.#collect(answer) : await answer;
      this.store.setState({ state: 'done', result, question: undefined });
    } catch (thrown) {
      if (isCancelled(thrown)) this.store.setState({ ...BEGINNING, result: this.store.getState().result });
      else this.store.setState({ state: 'failed', failure: failureOf(thrown), question: undefined });
    }
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Back to the input. */
  reset(): void {
    this.store.setState(BEGINNING);
  }

  async #collect(events: AsyncIterable<unknown>): Promise<unknown[]> {
    let kept: unknown[] = [];
    for await (const event of events) {
      kept = [...kept, event].slice(-EVENTS_KEPT);
      this.store.setState({ result: kept });
    }
    return kept;
  }
}

function isStream(answer: Promise<unknown> | AsyncIterable<unknown>): answer is AsyncIterable<unknown> {
  return Symbol.asyncIterator in answer;
}
