import type { ListedHanding, SecretInfo } from '../../../../schema/contract/secret.ts';
import type { KernelClient } from '../../../app/kernel-client.ts';

export interface PluginSecrets {
  /** All of the key store. */
  readonly kept: readonly SecretInfo[];
  /** What was handed to the plugin. */
  readonly handings: readonly ListedHanding[];
}

/** What the key store has, and what of it a plugin is given. */
export async function secretsOf({ secret }: KernelClient, id: string, signal?: AbortSignal): Promise<PluginSecrets> {
  const { secrets, handings } = await secret.list({}, signal === undefined ? {} : { signal });
  return { kept: secrets, handings: handings.filter(({ plugin }) => plugin === id) };
}
