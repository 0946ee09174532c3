import { CircleDot } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Proposal, Recording } from '../../../schema/contract/policy.ts';
import type { Session, SessionId } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { useNow } from '../../app/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatElapsed } from '../../ui/format.ts';
import { ScrolledText } from '../../ui/scrolled-text.tsx';
import { messages } from './messages.ts';
import { keyOf, type RecordingStore } from './recording-store.ts';
import { VERDICT_TONES } from './trial-view.tsx';

const MINUTES = [15, 60, 240] as const;

export interface RecordingViewProps {
  readonly recordings: RecordingStore;
  /** Writes a proposed rule into the draft. */
  readonly onAdopt: (session: SessionId, proposal: Proposal) => void;
}

/** Learning: a session whose tools are let through for a while, and the rules that would have done so. */
export function RecordingView({ recordings: store, onAdopt }: RecordingViewProps) {
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  const { recordings } = useStore(store.store);
  useEffect(() => void store.load(), [store]);
  const shown = list.filter(
    (session) => session.state === 'running' || recordings.some((recording) => recording.session === session.id),
  );
  if (shown.length === 0) {
    return (
      <EmptyState icon={CircleDot} title={messages.noSessions}>
        {messages.recordText}
      </EmptyState>
    );
  }
  return (
    <section className="policy-side-scroll" aria-label={messages.sides.record}>
      <p className="policy-note">{messages.recordText}</p>
      {shown.map((session) => (
        <SessionRecording
          key={session.id}
          session={session}
          recording={recordings.find((one) => one.session === session.id)}
          store={store}
          onAdopt={(proposal) => onAdopt(session.id, proposal)}
        />
      ))}
    </section>
  );
}

interface SessionRecordingProps {
  readonly session: Session;
  readonly recording: Recording | undefined;
  readonly store: RecordingStore;
  readonly onAdopt: (proposal: Proposal) => void;
}

function SessionRecording({ session, recording, store, onAdopt }: SessionRecordingProps) {
  const { busy, adopted } = useStore(store.store);
  const isRecording = recording?.state === 'recording';
  return (
    <article className="recording" aria-label={session.name}>
      <header className="recording-head">
        <span className="recording-name truncate">{session.name}</span>
        {isRecording ? <TimeLeft endsAt={recording.endsAt} /> : null}
        <span className="grow" />
        {isRecording ? (
          <Button size="small" busy={busy} onClick={() => void store.stop(session.id)}>
            {messages.stopRecording}
          </Button>
        ) : (
          <StartRecording busy={busy} onStart={(minutes) => void store.start(session.id, minutes)} />
        )}
      </header>
      {recording === undefined ? null : (
        <p className="policy-note">{messages.collected(recording.calls, recording.proposals.length)}</p>
      )}
      <ul className="proposals">
        {recording?.proposals.map((proposal) => (
          <ProposalRow
            key={proposal.id}
            proposal={proposal}
            adopted={adopted.has(keyOf(session.id, proposal))}
            onAdopt={() => onAdopt(proposal)}
          />
        ))}
      </ul>
    </article>
  );
}

function TimeLeft({ endsAt }: { readonly endsAt: number }) {
  const now = useNow(1000);
  return <Badge tone="warn">{messages.recordingFor(formatElapsed(Math.max(1000, endsAt - now)))}</Badge>;
}

function StartRecording({ busy, onStart }: { readonly busy: boolean; readonly onStart: (minutes: number) => void }) {
  const [minutes, setMinutes] = useState<number>(MINUTES[0]);
  return (
    <>
      <select
        className="select-field recording-minutes"
        aria-label={messages.recordLength}
        value={minutes}
        onChange={(event) => setMinutes(Number(event.target.value))}
      >
        {MINUTES.map((one) => (
          <option key={one} value={one}>
            {messages.minutes(one)}
          </option>
        ))}
      </select>
      <Button size="small" icon={CircleDot} busy={busy} onClick={() => onStart(minutes)}>
        {messages.startRecording}
      </Button>
    </>
  );
}

interface ProposalRowProps {
  readonly proposal: Proposal;
  readonly adopted: boolean;
  readonly onAdopt: () => void;
}

function ProposalRow({ proposal, adopted, onAdopt }: ProposalRowProps) {
  const { verdict, sentence, yaml, calls, deniedBy, note } = proposal;
  return (
    <li className="proposal">
      <div className="proposal-head">
        <Badge tone={VERDICT_TONES[verdict]}>{messages.wouldHave[verdict]}</Badge>
        <span className="muted">{messages.proposalCalls(calls)}</span>
        <span className="grow" />
        <Button size="small" disabled={adopted} onClick={onAdopt}>
          {adopted ? messages.adopted : messages.adopt}
        </Button>
      </div>
      <p>{sentence}</p>
      {deniedBy === null ? null : <p className="policy-note">{messages.stoppedBy(deniedBy)}</p>}
      {note === undefined ? null : <p className="policy-note">{note}</p>}
      <ScrolledText className="proposal-yaml">{yaml}</ScrolledText>
    </li>
  );
}
