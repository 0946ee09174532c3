import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { messages } from './messages.ts';
import { type PortRow, portRows, typedPort } from './port-rows.ts';
import type { PortsStore } from './ports-store.ts';

/** What can be opened and what is, with a field for a port that nothing listens on yet. */
export function PortList({ ports }: { readonly ports: PortsStore }) {
  const state = useStore(ports.store);
  const rows = portRows(state);
  return (
    <>
      <p className="muted ports-about">{messages.about}</p>
      {rows.length === 0 ? (
        <p className="ports-none">{messages.none}</p>
      ) : (
        <ul className="ports-list">
          {rows.map((row) => (
            <PortItem key={row.port} row={row} ports={ports} busy={state.busy.includes(row.port)} />
          ))}
        </ul>
      )}
      <OtherPort ports={ports} />
    </>
  );
}

interface PortItemProps {
  readonly row: PortRow;
  readonly ports: PortsStore;
  readonly busy: boolean;
}

function PortItem({ row: { port, open, listening }, ports, busy }: PortItemProps) {
  return (
    <li data-port={port} data-open={open !== undefined || undefined}>
      <div className="grow ports-what">
        <strong>{messages.port(port)}</strong>
        {open === undefined ? (
          <span className="muted">{messages.notOpen}</span>
        ) : (
          <>
            <span className="mono selectable truncate">{open.url}</span>
            <span className="muted">{listening ? messages.connections(open.connections) : messages.notListening}</span>
          </>
        )}
      </div>
      {open === undefined ? (
        <Button size="small" tone="primary" busy={busy} onClick={() => void ports.open(port)}>
          {messages.open}
        </Button>
      ) : (
        <>
          <Button size="small" icon={ExternalLink} disabled={busy} onClick={() => void ports.browse(port)}>
            {messages.browse}
          </Button>
          <Button size="small" tone="ghost" disabled={busy} onClick={() => void ports.close(port)}>
            {messages.close}
          </Button>
        </>
      )}
    </li>
  );
}

function OtherPort({ ports }: { readonly ports: PortsStore }) {
  const [text, setText] = useState('');
  const port = typedPort(text);
  return (
    <form
      className="ports-other"
      onSubmit={(event) => {
        event.preventDefault();
        if (port === undefined) return;
        setText('');
        void ports.open(port);
      }}
    >
      <TextField
        inputMode="numeric"
        value={text}
        placeholder={messages.otherHint}
        aria-label={messages.other}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" disabled={port === undefined}>
        {messages.open}
      </Button>
    </form>
  );
}
