import {
  Camera,
  ClipboardCopy,
  Columns2,
  Ellipsis,
  Eraser,
  FolderOutput,
  History,
  Keyboard,
  Trash2,
  Undo2,
} from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Session, SnapshotId } from '../../../../schema/entities.ts';
import { useServices } from '../../../app/services.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { Menu, type MenuItem } from '../../../ui/menu.tsx';
import type { ChangesStore } from '../changes-store.ts';
import { CompareDialog } from '../compare/compare-dialog.tsx';
import { messages } from '../messages.ts';
import { SnapshotsDialog } from '../snapshots/snapshots-dialog.tsx';
import { DiscardDialog } from './discard-dialog.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { HistoryDialog } from './history-dialog.tsx';

export interface ChangeActionsProps {
  readonly session: Session;
  readonly changes: ChangesStore;
  readonly onHelp: () => void;
}

type Dialog = 'discard' | 'export' | 'history' | 'snapshots' | 'compare';

/** Beside merging: take merges back, take the changes along, keep them as they are, throw them away. */
export function ChangeActions({ session, changes: store, onHelp }: ChangeActionsProps) {
  const [dialog, setDialog] = useState<Dialog>();
  const [compared, setCompared] = useState<SnapshotId>();
  const close = (): void => {
    setDialog(undefined);
    setCompared(undefined);
  };
  const items = useItems({ session, changes: store, onHelp }, setDialog);
  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={messages.more} />} items={items} />
      <DiscardDialog open={dialog === 'discard'} onClose={close} session={session} changes={store} />
      <ExportDialog open={dialog === 'export'} onClose={close} session={session} changes={store} />
      <HistoryDialog open={dialog === 'history'} onClose={close} changes={store} />
      <SnapshotsDialog
        open={dialog === 'snapshots'}
        onClose={close}
        session={session}
        changes={store}
        onCompare={({ id }) => {
          setCompared(id);
          setDialog('compare');
        }}
      />
      <CompareDialog
        open={dialog === 'compare'}
        onClose={close}
        session={session}
        changes={store}
        snapshot={compared}
      />
    </>
  );
}

function useItems({ changes: store, onHelp }: ChangeActionsProps, show: (dialog: Dialog) => void): MenuItem[] {
  const { commands, notices } = useServices();
  const shortcutOf = (id: string): Pick<MenuItem, 'shortcut'> => {
    const shortcut = commands.labelOf(id);
    return shortcut === undefined ? {} : { shortcut };
  };
  const isEmpty = useStore(store.store, (state) => (state.changes ?? []).length === 0);
  const isBusy = useStore(store.merging.store, (state) => state.busy !== undefined);
  const isUndecided = useStore(store.review.store, (state) => state.files.size === 0);
  const copy = async (): Promise<void> => {
    const patch = await store.patch();
    if (patch === undefined) return;
    await navigator.clipboard.writeText(patch);
    notices.tell(messages.patchCopied);
  };
  const undo = { label: messages.undo, icon: Undo2, ...shortcutOf('changes.undo') };
  return [
    { ...undo, disabled: isBusy, onSelect: () => void store.merging.undo() },
    { label: messages.history, icon: History, onSelect: () => show('history') },
    {
      label: messages.export,
      icon: FolderOutput,
      disabled: isEmpty,
      startsGroup: true,
      onSelect: () => show('export'),
    },
    { label: messages.copyPatch, icon: ClipboardCopy, disabled: isEmpty, onSelect: () => void copy() },
    { label: messages.snapshots, icon: Camera, onSelect: () => show('snapshots') },
    { label: messages.compareStates, icon: Columns2, onSelect: () => show('compare') },
    {
      label: messages.clearReview,
      icon: Eraser,
      disabled: isUndecided,
      startsGroup: true,
      onSelect: () => void store.review.clear(),
    },
    { label: messages.keys, icon: Keyboard, ...shortcutOf('window.keys'), onSelect: onHelp },
    {
      label: messages.discard,
      icon: Trash2,
      tone: 'danger',
      disabled: isEmpty,
      startsGroup: true,
      onSelect: () => show('discard'),
    },
  ];
}
