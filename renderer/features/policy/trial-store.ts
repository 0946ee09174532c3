import { createStore } from 'zustand/vanilla';
import type { TrialCall } from '../../../schema/contract/policy.ts';
import type { Failure } from '../../../schema/entities.ts';
import type { Explanation } from '../../../schema/policy.ts';
import { failureOf } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

/** A call as it is typed into the form. */
export interface Trial {
  readonly syscall: string;
  readonly path: string;
  /** Tags, with commas between them. */
  readonly tags: string;
  readonly template: string;
  readonly size: string;
}

interface TrialState {
  readonly trial: Trial;
  readonly busy: boolean;
  /** What was decided, and about which call: the form may have moved on. */
  readonly answer: { readonly trial: Trial; readonly explanation: Explanation } | undefined;
  readonly failure: Failure | undefined;
}

const FIRST: Trial = {
  syscall: 'fs.write',
  path: 'src/index.ts',
  tags: 'operator',
  template: '',
  size: '',
};

/** A call that is only asked about: what would be decided, and by which rules. */
export class TrialStore {
  readonly store = createStore<TrialState>(() => ({
    trial: FIRST,
    busy: false,
    answer: undefined,
    failure: undefined,
  }));
  readonly #client: Pick<KernelClient, 'policy'>;

  constructor(client: Pick<KernelClient, 'policy'>) {
    this.#client = client;
  }

  change(part: Partial<Trial>): void {
    this.store.setState(({ trial }) => ({ trial: { ...trial, ...part } }));
  }

  /** Asks about the call under a text, which need not be in force. */
  async ask({ text, tools }: { readonly text: string; readonly tools: readonly string[] }): Promise<void> {
    const { trial } = this.store.getState();
    this.store.setState({ busy: true });
    try {
      const explanation = await this.#client.policy.explain({ call: callOf(trial, tools), text });
      this.store.setState({ busy: false, answer: { trial, explanation }, failure: undefined });
    } catch (thrown) {
      this.store.setState({ busy: false, answer: undefined, failure: failureOf(thrown) });
    }
  }
}

/** What is left empty is left out. Only a tool is asked about as one: an allowlist of tools says nothing about other calls. */
export function callOf(trial: Trial, tools: readonly string[]): TrialCall {
  const syscall = trial.syscall.trim();
  const path = trial.path.trim();
  const template = trial.template.trim();
  const size = trial.size.trim();
  const tags = trial.tags.split(',').flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim()]));
  return {
    syscall,
    ...(tools.includes(syscall) ? { tool: syscall } : {}),
    ...(path === '' ? {} : { path }),
    ...(template === '' ? {} : { template }),
    ...(size === '' || Number.isNaN(Number(size)) ? {} : { size: Number(size) }),
    caller: { tags },
  };
}
