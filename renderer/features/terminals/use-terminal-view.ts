import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { TerminalId } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { useVisible } from '../../ui/use-visible.ts';
import type { TerminalLook } from './appearance/terminal-look.ts';
import { messages } from './messages.ts';
import { type TerminalEvents, TerminalView } from './terminal-view.ts';

export interface TerminalViewHook {
  readonly host: RefObject<HTMLDivElement | null>;
  readonly view: TerminalView | undefined;
  readonly visible: boolean;
}

/** Makes the view when the pane appears, and again only for another terminal. */
export function useTerminalView(terminal: TerminalId, look: TerminalLook, events: TerminalEvents): TerminalViewHook {
  const { client } = useServices();
  const [host, visible] = useVisible<HTMLDivElement>();
  const [view, setView] = useState<TerminalView>();
  const latest = useRef({ look, events });
  useLayoutEffect(() => {
    latest.current = { look, events };
  });

  useEffect(() => {
    if (host.current === null) return undefined;
    const made = new TerminalView(host.current, {
      client,
      terminal,
      look: latest.current.look,
      events: eventsOf(() => latest.current.events),
      describeCommand: ({ exitCode, durationMs }) => messages.command(exitCode, durationMs),
    });
    setView(made);
    const observer = new ResizeObserver(() => requestAnimationFrame(() => made.fit()));
    observer.observe(host.current);
    return () => {
      observer.disconnect();
      made[Symbol.dispose]();
      setView(undefined);
    };
  }, [client, terminal, host]);

  useEffect(() => {
    view?.setLook(look);
  }, [view, look]);
  useEffect(() => {
    view?.setVisible(visible ? 'visible' : 'hidden');
  }, [view, visible]);

  return { host, view, visible };
}

/** The view is made once; what it tells goes to the pane as it is drawn now. */
function eventsOf(now: () => TerminalEvents): TerminalEvents {
  return {
    onExit: (exitCode) => now().onExit(exitCode),
    onQuiet: () => now().onQuiet(),
    onTitle: (title) => now().onTitle(title),
    onProgress: (progress) => now().onProgress(progress),
    onLink: (link) => now().onLink(link),
    onBell: () => now().onBell(),
    onFind: () => now().onFind(),
    onInput: (text) => now().onInput(text),
    onPaste: (pasted) => now().onPaste(pasted),
    onAddress: (url) => now().onAddress(url),
    onFile: (place) => now().onFile(place),
    onClipboard: (text) => now().onClipboard(text),
    onFailure: (thrown) => now().onFailure(thrown),
  };
}
