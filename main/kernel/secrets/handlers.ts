import type { Handlers } from '../../../schema/contract/contract.ts';
import type { secret } from '../../../schema/contract/secret.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { Subject, SubjectsOf } from '../dispatch/ports.ts';
import { secretTag } from './secret-call.ts';
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
      context.note({ data: { secret: handing.name, as: handing.as.kind } });
      return handing;
    },
    withdraw: async ({ id }) => ({ withdrawn: await secrets.withdraw(id) }),
  };
}

/** So that a rule can speak about one secret: `caller_tag: ["secret:npm-token"]`. */
export const secretSubjects: SubjectsOf = (input): readonly Subject[] => {
  const name = typeof input === 'object' && input !== null && 'name' in input ? String(input.name) : '';
  return [{ syscall: 'secret.hand', tags: [secretTag(name)] }];
};
