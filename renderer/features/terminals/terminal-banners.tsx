import { useStore } from 'zustand';
import { chordLabel } from '../../app/commands/key-chord.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import type { FilePlace } from './links/workspace-path.ts';
import { messages } from './messages.ts';
import type { TerminalProgress } from './shell-integration/progress.ts';
import { endRecording } from './terminal-menu.tsx';
import type { TerminalPaneProps } from './terminal-pane.tsx';
import type { TerminalLink } from './terminal-view.ts';

/** How far the work in a terminal is, at its upper edge. */
export function ProgressBar({ progress }: { readonly progress: TerminalProgress | undefined }) {
  if (progress === undefined) return null;
  const isKnown = progress.state !== 'unknown';
  return (
    <div
      className="terminal-progress"
      role="progressbar"
      aria-label={messages.progress}
      aria-valuenow={isKnown ? progress.percent : undefined}
      data-state={progress.state}
    >
      <span style={{ width: isKnown ? `${progress.percent}%` : '100%' }} />
    </div>
  );
}

/** What the pointer is over and how it is followed, as browsers show it. A link with a text of its own says where it leads. */
export function LinkHint({ link }: { readonly link: TerminalLink | undefined }) {
  if (link === undefined) return null;
  const target = link.kind === 'address' ? link.url : placeText(link.place);
  return (
    <div className="terminal-link-hint truncate" aria-hidden>
      {messages.followLink(chordLabel('Mod'), target)}
    </div>
  );
}

function placeText({ path, line }: FilePlace): string {
  return line === undefined ? path : `${path}:${line}`;
}

type Shown = Pick<TerminalPaneProps, 'terminal' | 'terminals'>;

/** Says where keys go while they do not only go where they are typed. */
export function InputBanner({ terminals }: Pick<Shown, 'terminals'>) {
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
export function RecordingBanner({ terminal, terminals }: Shown) {
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

export function ExitBar({ terminal, terminals, onOpenAnother, onClose }: TerminalPaneProps) {
  const exitCode = useStore(terminals.store, (state) => state.terminals.find((one) => one.id === terminal)?.exitCode);
  if (exitCode === undefined) return null;
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
