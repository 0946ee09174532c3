import { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';
import { useServices } from '../../../app/services.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { formatDuration } from '../../../ui/format.ts';
import { TerminalDress, type TerminalLook } from '../appearance/terminal-look.ts';
import { terminalTheme } from '../appearance/terminal-theme.ts';
import { TerminalPictures } from '../images/terminal-pictures.ts';
import { messages } from '../messages.ts';
import { replay } from './replay.ts';

const SPEEDS = ['1', '2', '4'] as const;
type Speed = (typeof SPEEDS)[number];

const TOLD_EVERY_MS = 100;

export interface ReplayPaneProps {
  readonly recording: string;
  readonly look: TerminalLook;
}

/** A recording as it runs. Nothing is typed into it, and what it asks is not answered. */
export function ReplayPane({ recording, look }: ReplayPaneProps) {
  const { client, notices } = useServices();
  const host = useRef<HTMLDivElement>(null);
  const speed = useRef<Speed>('1');
  const [chosen, setChosen] = useState<Speed>('1');
  const [atMs, setAtMs] = useState(0);
  useEffect(() => {
    if (host.current === null) return undefined;
    const stopping = new AbortController();
    const { signal } = stopping;
    const screen = new Terminal({
      disableStdin: true,
      theme: terminalTheme(),
      scrollback: 0,
      minimumContrastRatio: 4.5,
    });
    new TerminalDress(screen).wear({ ...look, ligatures: false, scrollbackLines: 0 });
    screen.open(host.current);
    const pictures = new TerminalPictures(screen, look.pictures);
    const tell = (ms: number): void => setAtMs(Math.floor(ms / TOLD_EVERY_MS) * TOLD_EVERY_MS);
    const events = client.terminal.replay({ recording }, { signal });
    replay({ events, screen, speed: () => Number(speed.current), wait, onTime: tell, signal }).catch(
      (thrown: unknown) => (signal.aborted ? undefined : notices.fail(thrown)),
    );
    return () => {
      stopping.abort();
      pictures[Symbol.dispose]();
      screen.dispose();
    };
  }, [client, notices, recording, look]);
  const choose = (next: Speed): void => {
    speed.current = next;
    setChosen(next);
  };
  return (
    <section className="replay" aria-label={messages.replayed}>
      <div className="replay-screen" ref={host} />
      <div className="replay-bar">
        <span className="grow">{formatDuration(atMs)}</span>
        <Segmented
          label={messages.speed}
          value={chosen}
          options={SPEEDS.map((each) => ({ value: each, label: messages.faster(Number(each)) }))}
          onChange={choose}
        />
      </div>
    </section>
  );
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
