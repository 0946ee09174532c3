import { FileDiff, FilePen, Maximize2, Minimize2, RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { detachedPanel } from '../../app/window-slot.ts';
import { RecordsButton } from '../../app/records-button.tsx';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { FilterField } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Split } from '../../ui/split.tsx';
import { useVisible } from '../../ui/use-visible.ts';
import { type ChangeRow, neighbour, ordinaryChanges } from './change-rows.ts';
import type { ChangesStore } from './changes-store.ts';
import { DiffCommandSlot } from './diff/diff-commands.ts';
import { DiffView } from './diff/diff-view.tsx';
import { ChangeList } from './list/change-list.tsx';
import { ListBar } from './list/list-bar.tsx';
import { ChangeActions } from './merge/change-actions.tsx';
import { MergeBar } from './merge/merge-bar.tsx';
import { OutcomeNotice } from './merge/outcome-notice.tsx';
import { messages } from './messages.ts';
import { SendComments } from './send-comments.tsx';
import { useCommands } from './use-commands.ts';
import './changes.css';
import './list/list.css';
import './diff/diff.css';
import './merge/merge.css';

const VIEW = 'changes';
const MERGE_TYPES = ['merge_intended', 'merge_finished', 'merge_undone'] as const;

export interface ChangesPanelProps {
  readonly session: Session;
  readonly changes: ChangesStore;
}

/** What the session changed: to look at, to decide on and to merge. */
export function ChangesPanel({ session, changes: store }: ChangesPanelProps) {
  const { changes, loading, failure, filter } = useStore(store.store);
  const { workbench } = useServices();
  const panel = useRefreshWhileVisible(session, store);
  const [isSending, setSending] = useState(false);
  const [commands] = useState(() => new DiffCommandSlot());
  const rows = useStore(store.store, () => store.rows());
  useCommands({
    panel,
    changes: store,
    commands,
    onMaximize: () => workbench.toggleMaximized(VIEW),
    onSendComments: () => setSending(true),
  });
  const bar = (
    <>
      <span className="changes-count" aria-live="polite">
        {messages.count(ordinaryChanges(changes).length)}
      </span>
      <FilterField
        value={filter}
        onChange={(text) => store.set({ filter: text })}
        label={messages.filter}
        onEnter={() => showFound(store, panel.current)}
      />
      <SendComments session={session} changes={store} open={isSending} onOpen={(open) => setSending(open === 'open')} />
      <RecordsButton filters={{ session: session.id, types: [...MERGE_TYPES] }} label={messages.records} />
      <IconButton icon={RefreshCw} label={messages.refresh} disabled={loading} onClick={() => void store.load()} />
      <MaximizeButton />
      <ChangeActions session={session} changes={store} onHelp={() => workbench.open('keys')} />
    </>
  );
  return (
    <Panel name={VIEW} bar={bar}>
      <div className="changes" ref={panel} tabIndex={-1} data-first-focus>
        {failure ? <FailureNotice failure={failure} /> : null}
        <Outcome changes={store} />
        {changes === undefined ? null : changes.length === 0 ? (
          <EmptyState icon={FilePen} title={messages.none}>
            {messages.noneText}
          </EmptyState>
        ) : (
          <>
            <Split
              label={messages.width}
              initial={320}
              start={<List rows={rows} changes={store} />}
              end={<ShownDiff changes={store} commands={commands} />}
            />
            <MergeBar changes={store} />
          </>
        )}
      </div>
    </Panel>
  );
}

/** Shows the first that was found, unless what is shown is among them; keys are about it from here on. */
function showFound(store: ChangesStore, panel: HTMLElement | null): void {
  const rows = store.rows();
  const { shown } = store.store.getState();
  const found = neighbour(rows, undefined, 1);
  const isThere = rows.some((row) => row.type === 'change' && row.change.path === shown);
  if (found !== undefined && !isThere) void store.show(found.path);
  panel?.focus();
}

/**
 * The list is read when the panel comes into sight and, while it is, whenever something ended that may have changed files;
 * it is followed while the session works.
 */
function useRefreshWhileVisible(session: Session, store: ChangesStore) {
  const { activity } = useServices();
  const ended = useStore(activity.store, (state) => state.ended[session.id] ?? 0);
  const [ref, visible] = useVisible<HTMLDivElement>();
  // Before the list is asked for, as it says whether that is needed.
  useEffect(() => {
    if (!visible || session.state !== 'running') return undefined;
    const controller = new AbortController();
    void store.follow(controller.signal);
    return () => controller.abort();
  }, [visible, session.state, store]);
  useEffect(() => {
    if (visible) void store.load();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- what ended and the session's state are the occasions
  }, [visible, ended, session.state, store]);
  useEffect(() => {
    const onFocus = (): void => void (visible ? store.load() : undefined);
    window.addEventListener('focus', onFocus);
    return () => window.removeEventListener('focus', onFocus);
  }, [visible, store]);
  return ref;
}

/** A review of many files wants all the room there is. */
function MaximizeButton() {
  const { workbench } = useServices();
  const isMaximized = useStore(workbench.store, (state) => state.room === 'one panel');
  // A window of its own is all the room there is.
  if (detachedPanel !== undefined) return null;
  return (
    <IconButton
      icon={isMaximized ? Minimize2 : Maximize2}
      label={isMaximized ? messages.restore : messages.maximize}
      onClick={() => workbench.toggleMaximized(VIEW)}
    />
  );
}

function Outcome({ changes: { merging } }: { readonly changes: ChangesStore }) {
  const outcome = useStore(merging.store, (state) => state.outcome);
  if (outcome === undefined) return null;
  return (
    <OutcomeNotice outcome={outcome} onUndo={() => void merging.undo()} onDismiss={() => merging.dismissOutcome()} />
  );
}

function List({ rows, changes: store }: { readonly rows: readonly ChangeRow[]; readonly changes: ChangesStore }) {
  const shown = useStore(store.store, (state) => state.shown);
  return (
    <>
      <ListBar changes={store} />
      <ChangeList rows={rows} shown={shown} changes={store} />
    </>
  );
}

interface ShownDiffProps {
  readonly changes: ChangesStore;
  readonly commands: DiffCommandSlot;
}

function ShownDiff({ changes: store, commands }: ShownDiffProps) {
  const { diff, diffFailure, shown } = useStore(store.store);
  if (diffFailure) return <FailureNotice failure={diffFailure} />;
  if (shown === undefined || diff === undefined) return <EmptyState icon={FileDiff} title={messages.pick} />;
  return <DiffView key={`${diff.change.path} ${diff.change.sha256}`} diff={diff} changes={store} commands={commands} />;
}
