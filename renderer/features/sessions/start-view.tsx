import { Check, CircleX, RotateCcw } from 'lucide-react';
import type { Failure, Sandbox, Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { formatDuration } from '../../ui/format.ts';
import { Spinner } from '../../ui/spinner.tsx';
import { messages } from './messages.ts';
import './start-view.css';

export interface StartViewProps {
  readonly session: Session;
  readonly sandbox: Sandbox | undefined;
}

/** A session that starts, phase by phase, or that could not: why, and what to do. */
export function StartView({ session, sandbox }: StartViewProps) {
  const { sessions } = useServices();
  const failed = session.state === 'failed';
  return (
    <div className="start-view">
      <div className="start-card">
        <h2>{failed ? messages.failed(session.name) : messages.starting(session.name)}</h2>
        <p className="mono muted truncate" title={session.workspace}>
          {session.workspace}
        </p>
        <ol className="phases" aria-label="Phases" aria-busy={!failed}>
          {(sandbox?.phases ?? []).map((phase, index) => (
            <li key={`${index}-${phase.name}`} className="phase">
              <Check size={14} aria-label="done" />
              <span className="grow">{phase.name}</span>
              <span className="phase-time">{formatDuration(phase.durationMs)}</span>
            </li>
          ))}
          <li className="phase phase-now" data-failed={failed || undefined}>
            {failed ? <CircleX size={14} aria-label="failed" /> : <Spinner />}
            <span className="grow">{failed ? messages.states.failed : messages.phasesNow}</span>
          </li>
        </ol>
        {failed ? (
          <FailureNotice
            failure={failureOfSession(session)}
            actions={
              <Button tone="primary" icon={RotateCcw} onClick={() => void sessions.resume(session.id)}>
                {messages.retry}
              </Button>
            }
          />
        ) : null}
      </div>
    </div>
  );
}

function failureOfSession(session: Session): Failure {
  return session.failure ?? { code: 'sandbox_failed', message: messages.failed(session.name) };
}
