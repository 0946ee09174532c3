import { lazy, Suspense } from 'react';
import type { TerminalId } from '../../../schema/entities.ts';
import { RecordsButton } from '../../app/records-button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { messages } from './messages.ts';
import { ExitBar, InputBanner, LinkHint, ProgressBar, RecordingBanner } from './terminal-banners.tsx';
import { TerminalFind } from './terminal-find.tsx';
import { TerminalMenu } from './terminal-menu.tsx';
import { TerminalQuestionDialog } from './terminal-question.tsx';
import type { TerminalsStore } from './terminals-store.ts';
import { usePane } from './use-pane.ts';
import { useTerminalContextMenu } from './use-terminal-context-menu.tsx';
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
  /** Empty where its program does not call it anything any more. */
  readonly onTitle: (title: string, percent: number | undefined) => void;
  /** Absent where there is no room for a second one. */
  readonly onSplit?: ((where: 'right' | 'below') => void) | undefined;
  readonly onOpenAnother: () => void;
  readonly onClose: () => void;
}

export function TerminalPane(props: TerminalPaneProps) {
  const { terminal, terminals, onSplit } = props;
  const pane = usePane(props);
  const { host, view, look, extra, setExtra, failure, asking, progress, ringing, pointed, drop, middleClick, onLink } =
    pane;
  const { menu, onContextMenu } = useTerminalContextMenu({ view, terminal, onSplit, onShow: setExtra, onLink });
  const closeExtra = (): void => setExtra(undefined);
  return (
    <section
      className="terminal-pane"
      aria-label={messages.title(terminal)}
      data-terminal={terminal}
      data-ringing={ringing || undefined}
      {...drop}
      onAuxClickCapture={(event) => {
        if (event.button === 1 && middleClick === 'none') event.preventDefault();
      }}
    >
      {extra === 'find' && view ? <TerminalFind search={view.search} onClose={closeExtra} /> : null}
      {failure ? <FailureNotice failure={failure} compact /> : null}
      <ProgressBar progress={progress} />
      <InputBanner terminals={terminals} />
      <RecordingBanner terminal={terminal} terminals={terminals} />
      <div className="terminal-host" role="presentation" ref={host} onContextMenu={onContextMenu} />
      <LinkHint link={pointed} />
      {menu}
      <div className="terminal-tools">
        <RecordsButton filters={{ text: terminal }} label={messages.records} />
        {view ? <TerminalMenu {...{ view, terminal, terminals, onSplit }} onShow={setExtra} /> : null}
      </div>
      <ExitBar {...props} />
      <TerminalQuestionDialog {...asking} />
      {extra === 'recordings' ? (
        <Suspense fallback={null}>
          <RecordingsDialog look={look} onClose={closeExtra} />
        </Suspense>
      ) : null}
    </section>
  );
}
