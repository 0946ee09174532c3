import type { KernelClient } from '../../app/kernel-client.ts';
import type { NoticesStore } from '../../app/notices-store.ts';
import { ChangeStore } from './change-store.ts';
import { messages } from './messages.ts';
import { PolicyStore } from './policy-store.ts';
import { RecordingStore } from './recording-store.ts';
import { TrialStore } from './trial-store.ts';

/** What the policy's view knows; kept while others are shown, so that a draft is never lost. */
export interface PolicyStores {
  readonly policy: PolicyStore;
  readonly changes: ChangeStore;
  readonly trials: TrialStore;
  readonly recordings: RecordingStore;
}

export interface PolicyStoresOptions {
  readonly client: KernelClient;
  readonly calls: readonly string[];
  readonly notices: NoticesStore;
}

export function createPolicyStores({ client, calls, notices }: PolicyStoresOptions): PolicyStores {
  const onFailure = notices.fail;
  return {
    policy: new PolicyStore({ client, calls, onFailure }),
    changes: new ChangeStore({ client, onFailure, onSaved: () => notices.tell(messages.saved) }),
    trials: new TrialStore(client),
    recordings: new RecordingStore({ client, onFailure }),
  };
}
