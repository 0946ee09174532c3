import type { SessionState } from '../../../schema/entities.ts';
import { StateDot, type Tone } from '../../ui/badge.tsx';
import { messages } from './messages.ts';

const TONES: Record<SessionState, Tone> = {
  starting: 'accent',
  running: 'good',
  stopping: 'warn',
  stopped: 'neutral',
  failed: 'bad',
};

export function SessionStateMark({ state }: { readonly state: SessionState }) {
  return (
    <span className="session-state" title={messages.states[state]}>
      <StateDot tone={TONES[state]} pulsing={state === 'starting' || state === 'stopping'} />
      <span className="visually-hidden">{messages.states[state]}</span>
    </span>
  );
}

export function SessionStateLabel({ state }: { readonly state: SessionState }) {
  return (
    <span className="session-state-label">
      <StateDot tone={TONES[state]} pulsing={state === 'starting' || state === 'stopping'} />
      {messages.states[state]}
    </span>
  );
}
