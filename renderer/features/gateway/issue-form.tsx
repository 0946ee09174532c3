import { useState } from 'react';
import { useStore } from 'zustand';
import { KEY_KINDS, type KeyKind } from '../../../schema/key-scope.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { type IssueFields, type Lifetime, orderOf, shorterThan } from './issue-order.ts';
import { timeText } from './key-text.ts';
import type { KeyLimit, KeysStore } from './keys-store.ts';
import { messages } from './messages.ts';

export interface IssueFormProps {
  readonly store: KeysStore;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Asks what a new key is to open, for whom, and for how long. */
export function IssueForm({ store, open, onClose }: IssueFormProps) {
  return (
    <Modal open={open} onClose={onClose} title={messages.issue} width="wide">
      <Form store={store} onClose={onClose} />
    </Modal>
  );
}

const EMPTY: IssueFields = { kind: 'namespace', name: '', owner: '', lifetime: 'longest' };

function Form({ store, onClose }: Omit<IssueFormProps, 'open'>) {
  const { limits, busy } = useStore(store.store);
  const [fields, setFields] = useState(EMPTY);
  const change = (part: Partial<IssueFields>): void => setFields((former) => ({ ...former, ...part }));
  const limit = limits.find(({ kind }) => kind === fields.kind);
  const order = orderOf(fields);
  return (
    <form
      className="issue-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (order !== undefined) void store.issue(order).then((issued) => issued && onClose());
      }}
    >
      <div className="issue-kind">
        <Segmented<KeyKind>
          label={messages.kind}
          value={fields.kind}
          options={KEY_KINDS.map((kind) => ({ value: kind, label: messages.kinds[kind] }))}
          onChange={(kind) => change({ kind, name: '', lifetime: 'longest' })}
        />
        <p className="muted">
          {messages.kindTexts[fields.kind]} {limit === undefined ? null : limitText(limit)}
        </p>
      </div>
      <Target fields={fields} onName={(name) => change({ name })} />
      <div className="issue-row">
        <Field label={messages.owner} htmlFor="key-owner" hint={messages.ownerHint}>
          <TextField id="key-owner" value={fields.owner} onChange={(event) => change({ owner: event.target.value })} />
        </Field>
        <LifetimeField limit={limit} value={fields.lifetime} onChange={(lifetime) => change({ lifetime })} />
      </div>
      <div className="issue-actions">
        <Button type="submit" tone="primary" busy={busy} disabled={order === undefined}>
          {messages.submit}
        </Button>
      </div>
    </form>
  );
}

function limitText({ lifetimeMs, requestsPerMinute, rotatesAfterMs }: KeyLimit): string {
  const limit = messages.limitText(timeText(lifetimeMs), requestsPerMinute);
  return rotatesAfterMs === undefined ? limit : `${limit} ${messages.rotatesText(timeText(rotatesAfterMs))}`;
}

interface TargetProps {
  readonly fields: IssueFields;
  readonly onName: (name: string) => void;
}

/** Which namespace, session or model. */
function Target({ fields: { kind, name }, onName }: TargetProps) {
  switch (kind) {
    case 'admin':
      return null;
    case 'namespace':
      return (
        <Field label={messages.namespaceName} htmlFor="key-name" hint={messages.namespaceHint}>
          <TextField id="key-name" value={name} onChange={(event) => onName(event.target.value)} />
        </Field>
      );
    case 'session':
      return <SessionField value={name} onChange={onName} />;
    case 'model':
      return (
        <Field label={messages.modelName} htmlFor="key-name" hint={messages.modelHint}>
          <TextField id="key-name" value={name} onChange={(event) => onName(event.target.value)} />
        </Field>
      );
  }
}

function SessionField({ value, onChange }: { readonly value: string; readonly onChange: (id: string) => void }) {
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  return (
    <Field label={messages.sessionName} htmlFor="key-session" hint={list.length === 0 ? messages.noSession : undefined}>
      <select
        id="key-session"
        className="select-field"
        value={value}
        disabled={list.length === 0}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="" disabled hidden />
        {list.map(({ id, name }) => (
          <option key={id} value={id}>
            {name} · {id}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface LifetimeFieldProps {
  readonly limit: KeyLimit | undefined;
  readonly value: Lifetime;
  readonly onChange: (lifetime: Lifetime) => void;
}

function LifetimeField({ limit, value, onChange }: LifetimeFieldProps) {
  if (limit === undefined) return null;
  const options: Lifetime[] = ['longest', ...shorterThan(limit.lifetimeMs)];
  const { lifetimes } = messages;
  return (
    <Field label={messages.lifetime} htmlFor="key-lifetime">
      <select
        id="key-lifetime"
        className="select-field"
        value={value}
        onChange={(event) => onChange(options.find((each) => each === event.target.value) ?? 'longest')}
      >
        {options.map((each) => (
          <option key={each} value={each}>
            {each === 'longest' ? lifetimes.longest(timeText(limit.lifetimeMs)) : lifetimes[each]}
          </option>
        ))}
      </select>
    </Field>
  );
}
