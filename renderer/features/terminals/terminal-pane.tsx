import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Failure, TerminalId } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { RecordsButton } from '../../app/records-button.tsx';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { lookOf } from './appearance/terminal-look.ts';
import { messages } from './messages.ts';
import { TerminalFind } from './terminal-find.tsx';
import { endRecording, TerminalMenu } from './terminal-menu.tsx';
import { type TerminalQuestion, TerminalQuestionDialog } from './terminal-question.tsx';
import { useBell, useDrop, useTitle } from './terminal-signals.ts';
import type { TerminalsStore } from './terminals-store.ts';
import { useTerminalView } from './use-terminal-view.ts';
import './terminals.css';

const RecordingsDialog = lazy(async () => ({
  default: (await import('./recordings/recordings-dialog.tsx')).RecordingsDialog,
}));

export interface TerminalPaneProps {
  readonly terminal: TerminalId;
  readonly terminals: TerminalsStore;
  /** The session's folder on this machine. */
  readonly workspace: string;
  /** The pane the person works in gets the keys. */
  readonly active: boolean;
  readonly onTitle: (title: string) => void;
  readonly onSplit: (where: 'right' | 'below') => void;
  readonly onOpenAnother: () => void;
  readonly onClose: () => void;
}

export function TerminalPane(props: TerminalPaneProps) {
  const { terminal, terminals, active, workspace } = props;
  const { client, notices, settings } = useServices();
  const chosen = useStore(settings.store, (state) => state.settings);
  const look = useMemo(() => lookOf(chosen), [chosen]);
  const exitCode = useStore(terminals.store, (state) => state.terminals.find((one) => one.id === terminal)?.exitCode);
  const [finding, setFinding] = useState(false);
  const [showing, setShowing] = useState<'terminal' | 'recordings'>('terminal');
  const [failure, setFailure] = useState<Failure>();
  const [question, setQuestion] = useState<TerminalQuestion>();
  const { progress, setTitle, setProgress } = useTitle(props.onTitle);
  const { ringing, ring } = useBell(chosen?.terminalBell ?? 'flash');
  const { host, view, visible } = useTerminalView(terminal, look, {
    onExit: (code) => terminals.exited(terminal, code),
    onQuiet: () => terminals.quiet(),
    onTitle: setTitle,
    onProgress: setProgress,
    onBell: ring,
    onFind: () => setFinding(true),
    onInput: (text) => terminals.type(terminal, text),
    onPaste: (pasted) =>
      pasted.concern === undefined ? view?.paste(pasted.text) : setQuestion({ about: 'paste', pasted }),
    onAddress: (url) => setQuestion({ about: 'address', url }),
    onFile: (place) => void client.session.openFile({ session: terminals.session, ...place }).catch(notices.fail),
    onClipboard: (text) => setQuestion((asked) => asked ?? { about: 'clipboard', text }),
    onFailure: (thrown) => setFailure(failureOf(thrown)),
  });
  const drop = useDrop({ workspace, onWords: (words) => view?.paste(words), onRefused: notices.fail });
  useEffect(() => {
    if (active && visible && !finding) view?.focus();
  }, [view, active, visible, finding]);
  const answer = (yes: TerminalQuestion): void => {
    if (yes.about === 'paste') view?.paste(yes.pasted.text);
    else if (yes.about === 'address') void client.window.openExternal({ url: yes.url }).catch(notices.fail);
    else void navigator.clipboard.writeText(yes.text).catch(notices.fail);
  };

  return (
    <section
      className="terminal-pane"
      aria-label={messages.title(terminal)}
      data-terminal={terminal}
      data-ringing={ringing || undefined}
      {...drop}
      onAuxClickCapture={(event) => {
        if (event.button === 1 && chosen?.terminalMiddleClick === 'none') event.preventDefault();
      }}
    >
      {finding && view ? <TerminalFind search={view.search} onClose={() => setFinding(false)} /> : null}
      {failure ? <FailureNotice failure={failure} compact /> : null}
      {progress === undefined ? null : (
        <div
          className="terminal-progress"
          role="progressbar"
          aria-label={messages.progress}
          aria-valuenow={progress.state === 'unknown' ? undefined : progress.percent}
          data-state={progress.state}
        >
          <span style={{ width: progress.state === 'unknown' ? '100%' : `${progress.percent}%` }} />
        </div>
      )}
      <InputBanner terminals={terminals} />
      <RecordingBanner terminal={terminal} terminals={terminals} />
      <div className="terminal-host" ref={host} />
      <div className="terminal-tools">
        <RecordsButton filters={{ text: terminal }} label={messages.records} />
        {view ? (
          <TerminalMenu
            {...{ view, terminal, terminals, onSplit: props.onSplit }}
            onFind={() => setFinding(true)}
            onRecordings={() => setShowing('recordings')}
          />
        ) : null}
      </div>
      {exitCode === undefined ? null : <ExitBar {...props} exitCode={exitCode} />}
      <TerminalQuestionDialog question={question} onClose={() => setQuestion(undefined)} onYes={answer} />
      {showing === 'recordings' ? (
        <Suspense fallback={null}>
          <RecordingsDialog look={look} onClose={() => setShowing('terminal')} />
        </Suspense>
      ) : null}
    </section>
  );
}

/** Says where keys go while they do not only go where they are typed. */
function InputBanner({ terminals }: { readonly terminals: TerminalsStore }) {
  const input = useStore(terminals.store, (state) => state.input);
  const open = useStore(terminals.store, (state) => state.terminals.filter((one) => one.state === 'open').length);
  if (input === 'one') return null;
  return (
    <div className="terminal-banner" role="status">
      <span className="grow">{messages.typesIntoAll(open)}</span>
      <Button size="small" onClick={() => terminals.toggleInput()}>
        {messages.typeIntoOne}
      </Button>
    </div>
  );
}

/** Nobody is recorded without seeing it. */
function RecordingBanner({ terminal, terminals }: Pick<TerminalPaneProps, 'terminal' | 'terminals'>) {
  const { notices } = useServices();
  const isRecorded = useStore(terminals.store, (state) => state.recorded.has(terminal));
  if (!isRecorded) return null;
  return (
    <div className="terminal-banner" data-tone="recording" role="status">
      <span className="grow">{messages.recorded}</span>
      <Button size="small" onClick={() => void endRecording(terminals, terminal, notices)}>
        {messages.endRecording}
      </Button>
    </div>
  );
}

function ExitBar({ exitCode, onOpenAnother, onClose }: TerminalPaneProps & { readonly exitCode: number }) {
  return (
    <div className="terminal-exit" role="status" data-code={exitCode}>
      <span className="grow">{messages.exited(exitCode)}</span>
      <Button size="small" onClick={onOpenAnother}>
        {messages.openAgain}
      </Button>
      <Button size="small" onClick={onClose}>
        {messages.close}
      </Button>
    </div>
  );
}
