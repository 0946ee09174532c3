import { inLanguage } from './language.ts';

const english = {
  /**
   * In place of what the kernel and its tools, which speak English, say of a failure: by its code, their sentences and what
   * stands for each. `{0}`, `{1}` and so on are what differs from one time to the next.
   */
  sentences: {} as Readonly<Record<string, Readonly<Record<string, string>>>>,
} as const;

export const messages = inLanguage('failures', english);
