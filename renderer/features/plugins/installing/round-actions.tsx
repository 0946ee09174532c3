import { Button } from '../../../ui/button.tsx';
import { messages } from '../messages.ts';
import { type InstallStore, placeIn, type UpdateRound } from './install-store.ts';

export interface RoundActionsProps {
  readonly round: UpdateRound;
  readonly installs: InstallStore;
  readonly busy: boolean;
}

/** Where a round of updates stands, and how to leave one of it, or all that are left, as they are. */
export function RoundActions({ round, installs, busy }: RoundActionsProps) {
  return (
    <>
      <span className="round-place muted grow">{messages.roundPlace(placeIn(round), round.total)}</span>
      <Button onClick={() => installs.close()} disabled={busy}>
        {messages.stopRound}
      </Button>
      <Button autoFocus onClick={() => void installs.skip()} disabled={busy}>
        {messages.skip}
      </Button>
    </>
  );
}
