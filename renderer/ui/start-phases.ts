import { messages } from './messages.ts';

/** What the parts of a sandbox's start are called. */
export const START_PHASES: Readonly<Record<string, string>> = messages.phases;
