import { type TextWork, textOperations } from './text-operations.ts';

/** For tests: the operations in the thread that asks. */
export const directTextWork: TextWork = {
  run: async (operation, input) => {
    // The key ties the operation to its input and its answer.
    const work = textOperations[operation] as (
      given: typeof input,
    ) => ReturnType<(typeof textOperations)[typeof operation]>;
    return work(input);
  },
};
