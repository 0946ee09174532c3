import { useEffect, useState } from 'react';
import type { Snapshot } from '../../../../schema/contract/snapshot.ts';
import type { Session } from '../../../../schema/entities.ts';
import { useNow } from '../../../app/use-now.ts';
import { useServices } from '../../../app/services.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { formatBytes, formatMoment } from '../../../ui/format.ts';
import { Modal } from '../../../ui/modal.tsx';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';
import '../../../ui/dialog-list.css';

const MINUTE_MS = 60_000;

export interface SnapshotsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly session: Session;
  readonly changes: ChangesStore;
  readonly onCompare: (snapshot: Snapshot) => void;
}

/** Kept states of the session: to make one, come back to it, compare with it, or begin another session there. */
export function SnapshotsDialog(props: SnapshotsDialogProps) {
  return (
    <Modal open={props.open} onClose={props.onClose} title={messages.snapshotsTitle} width="wide">
      <Snapshots {...props} />
    </Modal>
  );
}

function Snapshots({ session, changes: store, onCompare }: SnapshotsDialogProps) {
  const { client, onFailure } = store;
  const { notices } = useServices();
  const [snapshots, setSnapshots] = useState<readonly Snapshot[]>([]);
  const [count, setCount] = useState(0);
  const attempt = async (work: () => Promise<string>): Promise<void> => {
    try {
      const told = await work();
      if (told !== '') notices.tell(told);
      setCount((former) => former + 1);
    } catch (thrown) {
      onFailure(thrown);
    }
  };
  useEffect(() => {
    client.snapshot
      .list({ session: session.id })
      .then((listed) => setSnapshots(listed.snapshots))
      .catch(onFailure);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- what was done is the occasion
  }, [client, session.id, onFailure, count]);
  return (
    <>
      <NewSnapshot onKeep={(name) => attempt(() => keep(store, name))} />
      {snapshots.length === 0 ? <p className="muted">{messages.snapshotNone}</p> : null}
      <ul className="dialog-list">
        {snapshots.map((snapshot) => (
          <SnapshotRow
            key={snapshot.id}
            snapshot={snapshot}
            session={session}
            onCompare={() => onCompare(snapshot)}
            onRestore={() => void attempt(() => restore(store, snapshot))}
            onBranch={() => void attempt(() => branch(store, snapshot))}
            onRemove={() => void attempt(() => remove(store, snapshot))}
          />
        ))}
      </ul>
    </>
  );
}

async function keep({ client, session }: ChangesStore, name: string): Promise<string> {
  await client.snapshot.create({ session, name });
  return messages.snapshotKept(name);
}

async function restore(store: ChangesStore, { id, name }: Snapshot): Promise<string> {
  await store.client.snapshot.restore({ session: store.session, snapshot: id });
  await store.load();
  return messages.snapshotRestored(name);
}

async function branch({ client, session }: ChangesStore, { id, name }: Snapshot): Promise<string> {
  const started = await client.snapshot.branch({ session, snapshot: id, name });
  return messages.snapshotBranched(started.name);
}

async function remove({ client, session }: ChangesStore, { id }: Snapshot): Promise<string> {
  await client.snapshot.remove({ session, snapshot: id });
  return '';
}

function NewSnapshot({ onKeep }: { readonly onKeep: (name: string) => Promise<void> }) {
  const [name, setName] = useState('');
  return (
    <form
      className="snapshot-new"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        setName('');
        void onKeep(name.trim());
      }}
    >
      <TextField
        aria-label={messages.snapshotName}
        placeholder={messages.snapshotName}
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" tone="primary" disabled={name.trim() === ''}>
        {messages.snapshotKeep}
      </Button>
    </form>
  );
}

interface SnapshotRowProps {
  readonly snapshot: Snapshot;
  readonly session: Session;
  readonly onCompare: () => void;
  readonly onRestore: () => void;
  readonly onBranch: () => void;
  readonly onRemove: () => void;
}

function SnapshotRow({ snapshot, session, onCompare, onRestore, onBranch, onRemove }: SnapshotRowProps) {
  const nowMs = useNow(MINUTE_MS);
  const isStopped = session.state === 'stopped' || session.state === 'failed';
  return (
    <li data-snapshot={snapshot.name}>
      <div className="grow">
        <p>
          <strong>{snapshot.name}</strong>{' '}
          {snapshot.running ? <Badge tone="warn">{messages.snapshotRunning}</Badge> : null}
        </p>
        <p className="muted">
          {formatMoment(snapshot.at, nowMs)} · {formatBytes(snapshot.sizeBytes)}
        </p>
      </div>
      <Button size="small" onClick={onCompare}>
        {messages.snapshotCompare}
      </Button>
      <Button
        size="small"
        disabled={!isStopped}
        title={isStopped ? undefined : messages.snapshotRestoreStopped}
        onClick={onRestore}
      >
        {messages.snapshotRestore}
      </Button>
      <Button size="small" onClick={onBranch}>
        {messages.snapshotBranch}
      </Button>
      <Button size="small" tone="ghost" onClick={onRemove}>
        {messages.snapshotRemove}
      </Button>
    </li>
  );
}
