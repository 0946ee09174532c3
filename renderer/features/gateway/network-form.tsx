import { useState } from 'react';
import { useStore } from 'zustand';
import type { GatewaySettings } from '../../../schema/contract/app.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import type { GatewayStore } from './gateway-store.ts';
import { messages } from './messages.ts';

const FIELDS = ['address', 'certificate', 'privateKey', 'clientAuthorities'] as const;

/** Where HTTP and MCP are served, and with what over TLS. All of it is saved at once: a certificate is nothing without its key. */
export function NetworkForm({ store }: { readonly store: GatewayStore }) {
  const { settings } = useServices();
  const kept = useStore(settings.store, (state) => state.settings?.gateway);
  const { busy, status } = useStore(store.store);
  const [typed, setTyped] = useState<Partial<GatewaySettings>>({});
  if (kept === undefined) return null;
  const wanted: GatewaySettings = { ...kept, ...typed };
  const isChanged = FIELDS.some((name) => wanted[name].trim() !== kept[name]);
  const save = async (): Promise<void> => {
    if (!(await store.place(trimmed(wanted)))) return;
    await settings.load();
    setTyped({});
  };
  return (
    <form
      className="network-form"
      aria-label={messages.parts.network}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) void save();
      }}
    >
      <p className="muted gateway-about">{messages.networkText}</p>
      {FIELDS.map((name) => {
        const { label, hint, placeholder } = messages.networkFields[name];
        return (
          <Field key={name} label={label} htmlFor={`gateway-${name}`} hint={hint}>
            <TextField
              id={`gateway-${name}`}
              value={wanted[name]}
              placeholder={placeholder}
              onChange={({ target }) => setTyped((former) => ({ ...former, [name]: target.value }))}
            />
          </Field>
        );
      })}
      <div className="network-actions">
        <Button type="submit" tone="primary" busy={busy} disabled={!isChanged}>
          {messages.networkSave}
        </Button>
        {isChanged ? (
          <Button disabled={busy} onClick={() => setTyped({})}>
            {messages.networkRevert}
          </Button>
        ) : null}
        {isChanged && status?.state === 'on' ? <p className="muted">{messages.networkMoves}</p> : null}
      </div>
    </form>
  );
}

function trimmed(wanted: GatewaySettings): GatewaySettings {
  const { address, certificate, privateKey, clientAuthorities } = wanted;
  return {
    address: address.trim(),
    certificate: certificate.trim(),
    privateKey: privateKey.trim(),
    clientAuthorities: clientAuthorities.trim(),
  };
}
