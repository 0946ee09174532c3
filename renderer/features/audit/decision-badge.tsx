import { Badge, type Tone } from '../../ui/badge.tsx';
import { messages } from './messages.ts';

const TONES: Readonly<Record<string, Tone>> = { allow: 'good', deny: 'bad', require_review: 'review' };
const WORDS: Readonly<Record<string, string>> = messages.decisions;

export function DecisionBadge({ decision }: { readonly decision: string | undefined }) {
  if (decision === undefined) return null;
  return <Badge tone={TONES[decision] ?? 'neutral'}>{WORDS[decision] ?? decision}</Badge>;
}
