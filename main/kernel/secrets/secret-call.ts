import type { PolicyCall } from '../../../schema/policy.ts';

/** What the policy is asked each time that a secret goes to a sandbox, or into one of its requests. */
export const SECRET_USE = 'secret.use';

/** The tag by which a rule of the policy speaks about one secret. */
export function secretTag(name: string): string {
  return `secret:${name}`;
}

/** The tag by which a rule of the policy speaks about what one plugin is given. */
export function pluginTag(id: string): string {
  return `plugin:${id}`;
}

/** Who is given it. */
export interface SecretUser {
  readonly profile: string;
  readonly containerId: string;
  /** Of a sandbox that a plugin has to itself. */
  readonly plugin?: string | undefined;
  readonly facts: PolicyCall['session'];
}

export function secretCall({ profile, containerId, facts, plugin }: SecretUser, name: string, at: number): PolicyCall {
  const tags = ['sandbox', secretTag(name), ...(plugin === undefined ? [] : [pluginTag(plugin)])];
  const caller = { container_id: containerId, peer_pid: 0, tags };
  return { syscall: SECRET_USE, template: profile, caller, session: facts, at };
}
