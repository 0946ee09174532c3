import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Failure, TerminalId } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { useServices } from '../../app/services.tsx';
import { RecordsButton } from '../../app/records-button.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { useVisible } from '../../ui/use-visible.ts';
import { messages } from './messages.ts';
import { TerminalFind } from './terminal-find.tsx';
import { TerminalView } from './terminal-view.ts';
import type { TerminalsStore } from './terminals-store.ts';
import './terminals.css';

export interface TerminalPaneProps {
  readonly terminal: TerminalId;
  readonly terminals: TerminalsStore;
  /** The pane the person works in gets the keys. */
  readonly active: boolean;
  readonly onTitle: (title: string) => void;
  readonly onOpenAnother: () => void;
  readonly onClose: () => void;
}

export function TerminalPane(props: TerminalPaneProps) {
  const { terminal, terminals, active } = props;
  const { settings } = useServices();
  const fontSize = useStore(settings.store, (state) => state.settings?.terminalFontSize ?? 13);
  const exitCode = useStore(terminals.store, (state) => state.terminals.find((one) => one.id === terminal)?.exitCode);
  const [finding, setFinding] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const { host, view, visible } = useTerminalView({
    ...props,
    fontSize,
    onFind: () => setFinding(true),
    onFailure: setFailure,
  });

  useEffect(() => {
    view?.setFontSize(fontSize);
  }, [view, fontSize]);
  useEffect(() => {
    view?.setVisible(visible ? 'visible' : 'hidden');
  }, [view, visible]);
  useEffect(() => {
    if (active && visible && !finding) view?.focus();
  }, [view, active, visible, finding]);

  return (
    <section className="terminal-pane" aria-label={messages.title(terminal)} data-terminal={terminal}>
      {finding && view ? <TerminalFind search={view.search} onClose={() => setFinding(false)} /> : null}
      {failure ? <FailureNotice failure={failure} compact /> : null}
      <div className="terminal-host" ref={host} />
      <RecordsButton className="terminal-records" filters={{ text: terminal }} label={messages.records} />
      {exitCode === undefined ? null : (
        <div className="terminal-exit" role="status" data-code={exitCode}>
          <span className="grow">{messages.exited(exitCode)}</span>
          <Button size="small" onClick={props.onOpenAnother}>
            {messages.openAgain}
          </Button>
          <Button size="small" onClick={props.onClose}>
            {messages.close}
          </Button>
        </div>
      )}
    </section>
  );
}

interface ViewOptions extends TerminalPaneProps {
  readonly fontSize: number;
  readonly onFind: () => void;
  readonly onFailure: (failure: Failure) => void;
}

/** Makes the view when the pane appears, and again only for another terminal. */
function useTerminalView(options: ViewOptions) {
  const { client } = useServices();
  const [host, visible] = useVisible<HTMLDivElement>();
  const [view, setView] = useState<TerminalView>();
  const latest = useRef(options);
  useLayoutEffect(() => {
    latest.current = options;
  });
  const { terminal } = options;

  useEffect(() => {
    if (host.current === null) return undefined;
    const made = new TerminalView(host.current, {
      client,
      terminal,
      fontSize: latest.current.fontSize,
      onExit: (exitCode) => latest.current.terminals.exited(terminal, exitCode),
      onQuiet: () => latest.current.terminals.quiet(),
      onTitle: (title) => latest.current.onTitle(title),
      onFind: () => latest.current.onFind(),
      onFailure: (thrown) => latest.current.onFailure(failureOf(thrown)),
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

  return { host, view, visible };
}
