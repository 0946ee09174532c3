import { useId, useState } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../../../schema/entities.ts';
import { useServices } from '../../../app/services.tsx';
import { Button } from '../../../ui/button.tsx';
import { Field, TextField } from '../../../ui/field.tsx';
import { Modal } from '../../../ui/modal.tsx';
import { ordinaryChanges } from '../change-rows.ts';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { isAccepted, reviewOf } from '../review-store.ts';
import { download } from './download.ts';
import { mergeNow } from './merge-now.ts';

type Kind = keyof typeof messages.exportKinds;
const KINDS = ['patch', 'commit', 'branch', 'worktree', 'folder'] as const satisfies readonly Kind[];

export interface ExportDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly session: Session;
  readonly changes: ChangesStore;
}

/** Takes the changes along: as a patch, into the repository with author and message, or into another folder. */
export function ExportDialog(props: ExportDialogProps) {
  return (
    <Modal open={props.open} onClose={props.onClose} title={messages.exportTitle}>
      <ExportForm {...props} />
    </Modal>
  );
}

function ExportForm({ onClose, session, changes: store }: ExportDialogProps) {
  const { notices } = useServices();
  const [kind, setKind] = useState<Kind>('patch');
  const [texts, setTexts] = useState({
    branch: `cavern/${session.name}`,
    folder: '',
    message: '',
    name: '',
    email: '',
  });
  const [busy, setBusy] = useState(false);
  const files = useStore(store.review.store, (state) => state.files);
  const changes = useStore(store.store, (state) => state.changes);
  const accepted = (changes ?? []).filter((change) => isAccepted(reviewOf(files, change))).length;
  const needs = needsOf(kind);
  const isComplete = needs.every((name) => name === 'name' || name === 'email' || texts[name].trim() !== '');
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      const told = await exportAs(kind, { store, session, texts });
      if (told !== '') notices.tell(told);
      onClose();
    } catch (thrown) {
      store.onFailure(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="export-form"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <p className="muted">{messages.exportWhat(accepted)}</p>
      <KindField kind={kind} onKind={setKind} />
      {needs.map((name) => (
        <TextPart
          key={name}
          name={name}
          value={texts[name]}
          onValue={(value) => setTexts((former) => ({ ...former, [name]: value }))}
        />
      ))}
      <div className="dialog-actions">
        <Button onClick={onClose}>{messages.cancel}</Button>
        <Button
          type="submit"
          tone="primary"
          busy={busy}
          disabled={!isComplete || ordinaryChanges(changes).length + accepted === 0}
        >
          {messages.exportTitle}
        </Button>
      </div>
    </form>
  );
}

function KindField({ kind, onKind }: { readonly kind: Kind; readonly onKind: (kind: Kind) => void }) {
  const id = useId();
  return (
    <Field label={messages.exportAs} htmlFor={id}>
      <select
        id={id}
        className="text-field"
        value={kind}
        onChange={(event) => {
          const chosen = KINDS.find((each) => each === event.target.value);
          if (chosen !== undefined) onKind(chosen);
        }}
      >
        {KINDS.map((each) => (
          <option key={each} value={each}>
            {messages.exportKinds[each]}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface Texts {
  readonly branch: string;
  readonly folder: string;
  readonly message: string;
  readonly name: string;
  readonly email: string;
}

const LABELS: Readonly<Record<keyof Texts, string>> = {
  branch: messages.exportBranch,
  folder: messages.exportFolder,
  message: messages.exportMessage,
  name: messages.exportName,
  email: messages.exportEmail,
};

function needsOf(kind: Kind): readonly (keyof Texts)[] {
  switch (kind) {
    case 'patch':
      return [];
    case 'folder':
      return ['folder'];
    case 'commit':
      return ['message', 'name', 'email'];
    case 'branch':
      return ['branch', 'message', 'name', 'email'];
    case 'worktree':
      return ['branch', 'folder', 'message', 'name', 'email'];
  }
}

interface TextPartProps {
  readonly name: keyof Texts;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

function TextPart({ name, value, onValue }: TextPartProps) {
  const id = useId();
  const isOptional = name === 'name' || name === 'email';
  return (
    <Field
      label={LABELS[name]}
      htmlFor={id}
      required={!isOptional}
      hint={name === 'email' ? messages.exportAuthorHint : undefined}
    >
      {name === 'message' ? (
        <textarea id={id} className="text-field" rows={3} value={value} onChange={(e) => onValue(e.target.value)} />
      ) : (
        <TextField id={id} value={value} onChange={(event) => onValue(event.target.value)} />
      )}
    </Field>
  );
}

interface ExportOptions {
  readonly store: ChangesStore;
  readonly session: Session;
  readonly texts: Texts;
}

/** Gives what to tell; nothing where the result is seen anyhow. */
async function exportAs(kind: Kind, { store, session, texts }: ExportOptions): Promise<string> {
  if (kind === 'patch') {
    const patch = await store.patch();
    if (patch !== undefined) download(`${session.name}.patch`, patch);
    return '';
  }
  if (kind === 'folder') {
    await mergeNow(store, { into: texts.folder.trim() });
    return '';
  }
  await store.review.settled();
  const { branch, folder, message, name, email } = texts;
  const hasAuthor = name.trim() !== '' && email.trim() !== '';
  const { ref, commit } = await store.client.changes.commit({
    session: store.session,
    reviewed: store.review.store.getState().files.size > 0,
    as: kind,
    message,
    ...(kind === 'commit' ? {} : { branch: branch.trim() }),
    ...(kind === 'worktree' ? { folder: folder.trim() } : {}),
    ...(hasAuthor ? { author: { name: name.trim(), email: email.trim() } } : {}),
  });
  return messages.exportDone(ref, commit);
}
