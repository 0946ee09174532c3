import { ClipboardCopy, Download, Ellipsis, GitMerge, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import type { ChangesStore } from './changes-store.ts';
import { messages } from './messages.ts';

export interface ChangeActionsProps {
  readonly session: Session;
  readonly changes: ChangesStore;
}

/** Merge some or all; and in the menu: discard, take the last merge back, take the changes along as a patch. */
export function ChangeActions({ session, changes: store }: ChangeActionsProps) {
  const { changes, selected, busy } = useStore(store.store);
  const isEmpty = (changes ?? []).length === 0;
  return (
    <>
      {selected.size === 0 ? null : (
        <Button
          tone="primary"
          size="small"
          icon={GitMerge}
          busy={busy === 'merge'}
          onClick={() => void store.merge([...selected])}
        >
          {messages.mergeSelected(selected.size)}
        </Button>
      )}
      <Button
        tone={selected.size === 0 ? 'primary' : 'default'}
        size="small"
        icon={GitMerge}
        busy={busy === 'merge' && selected.size === 0}
        disabled={isEmpty || busy !== undefined}
        onClick={() => void store.merge()}
      >
        {messages.mergeAll}
      </Button>
      <MoreActions session={session} changes={store} />
    </>
  );
}

function MoreActions({ session, changes: store }: ChangeActionsProps) {
  const { changes, busy } = useStore(store.store);
  const { notices } = useServices();
  const [discarding, setDiscarding] = useState(false);
  const isEmpty = (changes ?? []).length === 0;

  const copy = async (): Promise<void> => {
    const patch = await store.patch();
    if (patch === undefined) return;
    await navigator.clipboard.writeText(patch);
    notices.tell(messages.patchCopied);
  };
  const save = async (): Promise<void> => {
    const patch = await store.patch();
    if (patch !== undefined) download(`${session.name}.patch`, patch);
  };
  const items: MenuItem[] = [
    { label: messages.undo, icon: Undo2, disabled: busy !== undefined, onSelect: () => void store.undo() },
    {
      label: messages.copyPatch,
      icon: ClipboardCopy,
      disabled: isEmpty,
      onSelect: () => void copy(),
      startsGroup: true,
    },
    { label: messages.savePatch, icon: Download, disabled: isEmpty, onSelect: () => void save() },
    {
      label: messages.discard,
      icon: Trash2,
      tone: 'danger',
      disabled: isEmpty,
      startsGroup: true,
      onSelect: () => setDiscarding(true),
    },
  ];
  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={messages.more} />} items={items} />
      <DiscardDialog open={discarding} onClose={() => setDiscarding(false)} session={session} changes={store} />
    </>
  );
}

interface DiscardDialogProps extends ChangeActionsProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

function DiscardDialog({ open, onClose, session, changes: store }: DiscardDialogProps) {
  const selected = useStore(store.store, (state) => state.selected);
  const { sessions } = useServices();
  const isRunning = session.state !== 'stopped' && session.state !== 'failed';
  const discard = async (): Promise<void> => {
    if (isRunning) await sessions.stop(session.id);
    await store.discard(selected.size === 0 ? undefined : [...selected]);
  };
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={messages.discardTitle(selected.size)}
      confirmLabel={isRunning ? messages.stopAndDiscard : messages.discardConfirm}
      tone="danger"
      onConfirm={discard}
    >
      <p>{messages.discardText}</p>
      {isRunning ? <p>{messages.discardRunning}</p> : null}
    </ConfirmDialog>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.download = name;
  link.href = `data:text/x-patch;charset=utf-8,${encodeURIComponent(text)}`;
  link.click();
}
