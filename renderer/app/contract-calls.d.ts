declare module 'virtual:contract-calls' {
  import type { CallDescription } from '../../schema/contract/call-descriptions.ts';

  /** What a person can ask for by hand, made from the contract. */
  export const contractCalls: readonly CallDescription[];
}
