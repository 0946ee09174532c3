import { Check, TriangleAlert } from 'lucide-react';
import { Button } from '../../../ui/button.tsx';
import { messages } from '../messages.ts';

export interface ConflictBannerProps {
  readonly isSolved: boolean;
  readonly onSolve: () => void;
}

/** Says that both sides changed the file, and leads to where that is solved. */
export function ConflictBanner({ isSolved, onSolve }: ConflictBannerProps) {
  const Icon = isSolved ? Check : TriangleAlert;
  return (
    <p className="diff-banner" data-tone={isSolved ? 'good' : 'bad'}>
      <Icon size={14} aria-hidden />
      <span className="grow">{isSolved ? messages.conflictSolved : messages.conflictTitle}</span>
      <Button size="small" onClick={onSolve}>
        {isSolved ? messages.conflictAgain : messages.conflictSolve}
      </Button>
    </p>
  );
}

/** What was decided was about another content. */
export function VoidedBanner() {
  return (
    <p className="diff-banner" data-tone="warn">
      <TriangleAlert size={14} aria-hidden /> {messages.voided}
    </p>
  );
}
