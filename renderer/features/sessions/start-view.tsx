import { RotateCcw } from 'lucide-react';
import type { Failure, Sandbox, Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { useNow } from '../../app/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { PhaseList } from '../../ui/phase-list.tsx';
import { START_PHASES } from '../../ui/start-phases.ts';
import { messages } from './messages.ts';
import './start-view.css';

export interface StartViewProps {
  readonly session: Session;
  readonly sandbox: Sandbox | undefined;
}

const TICK_MS = 200;

/** A session that starts, phase by phase, or that could not: why, and what to do. */
export function StartView({ session, sandbox }: StartViewProps) {
  const { sessions } = useServices();
  const failed = session.state === 'failed';
  const nowMs = useNow(TICK_MS);
  return (
    <div className="start-view">
      <div className="start-card">
        <h2>{failed ? messages.failed(session.name) : messages.starting(session.name)}</h2>
        <p className="mono muted truncate" title={session.workspace}>
          {session.workspace}
        </p>
        <PhaseList
          label={messages.phases}
          names={START_PHASES}
          phases={sandbox?.phases ?? []}
          nowMs={nowMs}
          busy={!failed}
        />
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
