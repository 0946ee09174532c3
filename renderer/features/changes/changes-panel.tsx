import { FileDiff, FilePen, RefreshCw } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Checkbox, FilterField } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Split } from '../../ui/split.tsx';
import { useVisible } from '../../ui/use-visible.ts';
import { ChangeActions } from './change-actions.tsx';
import { ChangeList } from './change-list.tsx';
import { ordinaryChanges } from './change-rows.ts';
import type { ChangesStore } from './changes-store.ts';
import { DiffView } from './diff-view.tsx';
import { messages } from './messages.ts';
import { OutcomeNotice } from './outcome-notice.tsx';
import './changes.css';

const VIEW = 'changes';

export interface ChangesPanelProps {
  readonly session: Session;
  readonly changes: ChangesStore;
}

export function ChangesPanel({ session, changes: store }: ChangesPanelProps) {
  const { changes, loading, failure, filter, outcome } = useStore(store.store);
  const ref = useRefreshWhileVisible(session, store);
  const bar = (
    <>
      <SelectAll changes={store} />
      <span className="changes-count" aria-live="polite">
        {messages.count(ordinaryChanges(changes).length)}
      </span>
      <FilterField value={filter} onChange={(text) => store.setFilter(text)} label={messages.filter} />
      <IconButton icon={RefreshCw} label={messages.refresh} disabled={loading} onClick={() => void store.load()} />
      <ChangeActions session={session} changes={store} />
    </>
  );
  return (
    <Panel name={VIEW} bar={bar}>
      <div className="changes" ref={ref}>
        {failure ? <FailureNotice failure={failure} /> : null}
        {outcome ? <OutcomeNotice outcome={outcome} onDismiss={() => store.dismissOutcome()} /> : null}
        {changes === undefined ? null : changes.length === 0 ? (
          <EmptyState icon={FilePen} title={messages.none}>
            {messages.noneText}
          </EmptyState>
        ) : (
          <Split
            label="Width of the list of changes"
            initial={310}
            start={<List changes={store} />}
            end={<ShownDiff changes={store} />}
          />
        )}
      </div>
    </Panel>
  );
}

/** The list is read when the panel comes into sight and, while it is, whenever something ended that may have changed files. */
function useRefreshWhileVisible(session: Session, store: ChangesStore) {
  const { activity } = useServices();
  const ended = useStore(activity.store, (state) => state.ended[session.id] ?? 0);
  const [ref, visible] = useVisible<HTMLDivElement>();
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

function SelectAll({ changes: store }: { readonly changes: ChangesStore }) {
  const { changes, selected } = useStore(store.store);
  const ordinary = ordinaryChanges(changes).map((change) => change.path);
  const count = ordinary.filter((path) => selected.has(path)).length;
  return (
    <Checkbox
      hideLabel
      label={messages.selectAll}
      disabled={ordinary.length === 0}
      checked={count === 0 ? false : count === ordinary.length ? true : 'some'}
      onChange={(checked) => store.select(ordinary, checked ? 'add' : 'remove')}
    />
  );
}

function List({ changes: store }: { readonly changes: ChangesStore }) {
  const { changes, filter, selected, shown } = useStore(store.store);
  return (
    <ChangeList
      changes={changes ?? []}
      filter={filter}
      selected={selected}
      shown={shown}
      onShow={(path) => void store.show(path)}
      onSelect={(path, checked) => store.select([path], checked ? 'add' : 'remove')}
    />
  );
}

function ShownDiff({ changes: store }: { readonly changes: ChangesStore }) {
  const { diff, diffFailure, shown } = useStore(store.store);
  if (diffFailure) return <FailureNotice failure={diffFailure} />;
  if (shown === undefined || diff === undefined) return <EmptyState icon={FileDiff} title={messages.pick} />;
  return <DiffView key={diff.change.path} diff={diff} />;
}
