import { Box, Pause, Play, RefreshCw, SquareArrowOutUpRight } from 'lucide-react';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Sandbox, Session } from '../../../schema/entities.ts';
import { RecordsButton } from '../../app/records-button.tsx';
import { useServices } from '../../app/services.tsx';
import { sandboxOf } from '../../app/sessions-store.ts';
import { useNow } from '../../app/use-now.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { PhaseList } from '../../ui/phase-list.tsx';
import { START_PHASES } from '../../ui/start-phases.ts';
import { messages } from './messages.ts';
import { SandboxEvents } from './sandbox-events.tsx';
import { SandboxFacts } from './sandbox-facts.tsx';
import { SandboxStore } from './sandbox-store.ts';
import { UsagePlots } from './usage-plots.tsx';
import { UsageStore } from './usage-store.ts';
import './sandbox-panel.css';

const TICK_MS = 1_000;

/** A session's sandbox: what it is, what it uses, how its start went, what happened to it, what it printed. */
export function SandboxPanel({ session }: { readonly session: Session }) {
  const { client, sessions } = useServices();
  const sandbox = sandboxOf(
    useStore(sessions.store, (state) => state.sandboxes),
    session.id,
  );
  const about = useMemo(() => new SandboxStore(client, session.id), [client, session.id]);
  const usage = useMemo(() => new UsageStore(client, session.id), [client, session.id]);
  const { events, profiles } = useStore(about.store);
  const samples = useStore(usage.store, (state) => state.samples);
  const nowMs = useNow(TICK_MS);
  const isRunning = sandbox?.state === 'running';
  useFollowing(about, isRunning ? usage : undefined);
  return (
    <Panel name="sandbox">
      <div className="sandbox-panel">
        {sandbox ? (
          <SandboxFacts
            sandbox={sandbox}
            profile={profiles.find(({ name }) => name === sandbox.profile)}
            sample={samples.at(-1)}
            nowMs={nowMs}
          />
        ) : (
          <EmptyState icon={Box} title={messages.noSandbox}>
            {messages.noSandboxText}
          </EmptyState>
        )}
        {sandbox ? <SandboxActions about={about} sandbox={sandbox} /> : null}
        {sandbox?.failure ? <FailureNotice failure={sandbox.failure} compact /> : null}
        {isRunning && samples.length > 0 ? (
          <Section title={messages.plots}>
            <UsagePlots samples={samples} />
          </Section>
        ) : null}
        {sandbox && sandbox.phases.length > 0 ? (
          <Section title={messages.phases}>
            <PhaseList
              label={messages.phases}
              names={START_PHASES}
              phases={sandbox.phases}
              nowMs={nowMs}
              busy={sandbox.state === 'creating'}
            />
          </Section>
        ) : null}
        <Section
          title={messages.events}
          tools={<RecordsButton filters={{ session: session.id }} label={messages.records} />}
        >
          <SandboxEvents events={events} nowMs={nowMs} />
        </Section>
        {isRunning ? <SandboxLog about={about} /> : null}
      </div>
    </Panel>
  );
}

function useFollowing(about: SandboxStore, usage: UsageStore | undefined): void {
  useEffect(() => {
    const leaving = new AbortController();
    void about.follow(leaving.signal);
    return () => leaving.abort();
  }, [about]);
  useEffect(() => {
    const leaving = new AbortController();
    if (usage) void usage.follow(leaving.signal);
    return () => leaving.abort();
  }, [usage]);
}

function SandboxActions({ about, sandbox }: { readonly about: SandboxStore; readonly sandbox: Sandbox }) {
  const { notices } = useServices();
  const { openingFolder, holding } = useStore(about.store);
  const isPaused = sandbox.pausedAt !== undefined;
  const openInEditor = (): void => {
    about
      .openInEditor()
      .then(({ files, leftOut }) => notices.tell(messages.openedInEditor(files, leftOut)), notices.fail);
  };
  return (
    <div className="sandbox-actions">
      <Button
        size="small"
        icon={SquareArrowOutUpRight}
        busy={openingFolder}
        title={messages.openInEditorAbout}
        onClick={openInEditor}
      >
        {messages.openInEditor}
      </Button>
      {sandbox.state === 'running' ? (
        <Button
          size="small"
          icon={isPaused ? Play : Pause}
          busy={holding}
          title={isPaused ? undefined : messages.pauseAbout}
          onClick={() => void about.hold(isPaused ? 'resume' : 'pause').catch(notices.fail)}
        >
          {isPaused ? messages.resume : messages.pause}
        </Button>
      ) : null}
    </div>
  );
}

function SandboxLog({ about }: { readonly about: SandboxStore }) {
  const { log, logFailure, readingLog } = useStore(about.store);
  useEffect(() => void about.readLog(), [about]);
  return (
    <Section
      title={messages.log}
      tools={
        <IconButton
          icon={RefreshCw}
          label={messages.refreshLog}
          disabled={readingLog}
          onClick={() => void about.readLog()}
        />
      }
    >
      {logFailure === undefined ? (
        <pre className="sandbox-log mono selectable">{log === '' ? messages.emptyLog : log}</pre>
      ) : (
        <p className="muted">{messages.logUnreadable(logFailure)}</p>
      )}
    </Section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

function Section({ title, tools, children }: SectionProps) {
  return (
    <section className="sandbox-section" aria-label={title}>
      <header className="sandbox-section-head">
        <h2>{title}</h2>
        {tools}
      </header>
      {children}
    </section>
  );
}
