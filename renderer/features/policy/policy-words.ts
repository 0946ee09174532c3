import { ITEM } from './yaml-position.ts';
import { messages } from './messages.ts';

/** Names that the policy can speak about; they come from the kernel, so that a new tool is known here by itself. */
export interface PolicyWords {
  readonly tools: readonly string[];
  /** The calls of the contract, which are judged as well. */
  readonly calls: readonly string[];
}

/** Everything that `syscall` may name. */
export function syscallsOf({ tools, calls }: PolicyWords): readonly string[] {
  return [...tools, ...calls];
}

/** What each action of a rule means, in words. */
export const ACTIONS: Readonly<Record<string, string>> = messages.actionMeanings;

/** Tags that the kernel gives to callers. */
export const CALLER_TAGS = ['operator', 'core_plugin', 'third_party'];

const COMBINING: Readonly<Record<string, string>> = messages.combiningMeanings;

interface Word {
  readonly label: string;
  readonly info?: string;
}

/** Values for a key that the schema leaves open, and what those of a closed list mean. */
export function wordsFor(path: readonly string[], words: PolicyWords): readonly Word[] {
  const key = path.filter((step) => step !== ITEM).at(-1);
  switch (key) {
    case 'syscall':
      return syscallsOf(words).map((label) => ({ label }));
    case 'tool_allowlist':
      return words.tools.map((label) => ({ label }));
    case 'caller_tag':
      return CALLER_TAGS.map((label) => ({ label }));
    case 'action':
      return described(ACTIONS);
    case 'combining':
      return described(COMBINING);
    default:
      return [];
  }
}

function described(meanings: Readonly<Record<string, string>>): Word[] {
  return Object.entries(meanings).map(([label, info]) => ({ label, info }));
}
