import type { Handlers } from '../../../schema/contract/contract.ts';
import type { secret } from '../../../schema/contract/secret.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { Subject, SubjectsOf } from '../dispatch/ports.ts';
import { pluginTag, secretTag } from './secret-call.ts';
import type { Secrets } from './secrets.ts';

export interface SecretHandlerParts {
  readonly secrets: Secrets;
  /** The folder's real, absolute path; rejects with `workspace_invalid`. */
  readonly checkWorkspace: (path: string) => Promise<string>;
}

export function secretHandlers({ secrets, checkWorkspace }: SecretHandlerParts): Handlers<typeof secret, CallContext> {
  return {
    add: (input) => secrets.add(input),
    list: () => secrets.list(),
    remove: async ({ name }) => ({ removed: await secrets.remove(name) }),
    async hand({ workspace, ...order }, context) {
      const place = workspace === undefined ? {} : { workspace: await checkWorkspace(workspace) };
      const handing = await secrets.hand({ ...order, ...place });
      const { name, as, plugin, holder } = handing;
      const to =
        plugin === undefined ? {} : { plugin, ...(holder?.kind === 'signed' ? { signer: holder.publisher } : {}) };
      context.note({ data: { secret: name, as: as.kind, ...to } });
      return handing;
    },
    withdraw: async ({ id }) => ({ withdrawn: await secrets.withdraw(id) }),
  };
}

/** So that a rule can speak about one secret, `caller_tag: ["secret:npm-token"]`, or one plugin. */
export const secretSubjects: SubjectsOf = (input): readonly Subject[] => {
  const { name = '', plugin }: { name?: string; plugin?: string } = Object(input);
  return [{ syscall: 'secret.hand', tags: [secretTag(name), ...(plugin === undefined ? [] : [pluginTag(plugin)])] }];
};
