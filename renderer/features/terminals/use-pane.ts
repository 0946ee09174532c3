import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { useServices } from '../../app/services.tsx';
import { lookOf } from './appearance/terminal-look.ts';
import type { FilePlace } from './links/workspace-path.ts';
import type { TerminalPaneProps } from './terminal-pane.tsx';
import type { TerminalQuestion } from './terminal-question.tsx';
import { useBell, useDrop, useTitle } from './terminal-signals.ts';
import type { TerminalLink } from './terminal-view.ts';
import { useTerminalView } from './use-terminal-view.ts';

/** What is shown over or beside a terminal. */
export type Extra = 'find' | 'recordings';

/** A terminal with what a person and its program do to it. */
export function usePane({ terminal, terminals, active, workspace, onTitle }: TerminalPaneProps) {
  const { client, notices, settings } = useServices();
  const chosen = useStore(settings.store, (state) => state.settings);
  const look = useMemo(() => lookOf(chosen), [chosen]);
  const [extra, setExtra] = useState<Extra>();
  const [failure, setFailure] = useState<Failure>();
  const [question, setQuestion] = useState<TerminalQuestion>();
  const [pointed, setPointed] = useState<TerminalLink>();
  const { progress, setTitle, setProgress } = useTitle(onTitle);
  const bell = chosen?.terminalBell ?? 'flash';
  const { ringing, ring } = useBell(bell);
  const onAddress = (url: string): void => setQuestion({ about: 'address', url });
  const onFile = (place: FilePlace): void =>
    void client.session.openFile({ session: terminals.session, ...place }).catch(notices.fail);
  const { host, view, visible } = useTerminalView(terminal, look, {
    onExit: (code) => terminals.exited(terminal, code),
    onQuiet: () => terminals.quiet(),
    onTitle: setTitle,
    onProgress: setProgress,
    onLink: setPointed,
    onBell: () => {
      if (visible) ring();
      else if (bell !== 'none') terminals.ring(terminal);
    },
    onFind: () => setExtra('find'),
    onInput: (text) => terminals.type(terminal, text),
    onPaste: (pasted) =>
      pasted.concern === undefined ? view?.paste(pasted.text) : setQuestion({ about: 'paste', pasted }),
    onAddress,
    onFile,
    onClipboard: (text) => setQuestion((asked) => asked ?? { about: 'clipboard', text }),
    onFailure: (thrown) => setFailure(failureOf(thrown)),
  });
  useEffect(() => {
    if (visible) terminals.seen(terminal);
  }, [terminals, terminal, visible]);
  const drop = useDrop({ workspace, onWords: (words) => view?.paste(words), onRefused: notices.fail });
  useEffect(() => {
    if (!active || !visible || extra !== undefined || question !== undefined) return;
    // After a dialog that was closed gave the focus back to where it had been.
    const timer = setTimeout(() => {
      // A terminal that was slow to come does not close the menu that somebody opened meanwhile.
      if (document.querySelector('[role="menu"]') === null) view?.focus();
    });
    return () => clearTimeout(timer);
  }, [view, active, visible, extra, question]);
  const onYes = (yes: TerminalQuestion): void => {
    if (yes.about === 'paste') view?.paste(yes.pasted.text);
    else if (yes.about === 'address') void client.window.openExternal({ url: yes.url }).catch(notices.fail);
    else void navigator.clipboard.writeText(yes.text).catch(notices.fail);
  };
  const asking = { question, onClose: () => setQuestion(undefined), onYes };
  const middleClick = chosen?.terminalMiddleClick ?? 'paste';
  const onLink = (link: TerminalLink): void => (link.kind === 'address' ? onAddress(link.url) : onFile(link.place));
  return { host, view, look, extra, setExtra, failure, asking, progress, ringing, pointed, drop, middleClick, onLink };
}
