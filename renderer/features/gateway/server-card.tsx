import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { GatewayStatus } from '../../../schema/contract/gateway.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { formatMoment } from '../../ui/format.ts';
import { Switch } from '../../ui/switch.tsx';
import { messages } from './messages.ts';
import { portOf } from './port-text.ts';
import type { GatewayStore } from './gateway-store.ts';
import { isOwnMachine } from './served-place.ts';

/** Turns HTTP and MCP on and off, and says where they are. */
export function ServerCard({ store, nowMs }: { readonly store: GatewayStore; readonly nowMs: number }) {
  const { status, busy, problem } = useStore(store.store);
  const [typed, setTyped] = useState<string>();
  if (status === undefined) return problem === undefined ? null : <FailureNotice failure={problem} />;
  const text = typed ?? (status.port === 0 ? '' : String(status.port));
  const port = portOf(text);
  const isOn = status.state === 'on';
  const turn = (to: number): void => void store.enable(to).then((done) => done && setTyped(undefined));
  const failure = problem ?? status.failure;
  return (
    <section className="server-card" aria-labelledby="gateway-server" data-state={status.state}>
      <div className="server-switch">
        <Switch
          checked={isOn}
          disabled={busy || (!isOn && port === undefined)}
          label={messages.server}
          labelId="gateway-server"
          onChange={(on) => (on ? turn(port ?? 0) : void store.disable())}
        />
        <p className="muted">{stateText(status, nowMs)}</p>
      </div>
      {isOn && status.url !== null ? <Addresses url={status.url} /> : null}
      <form
        className="server-port"
        onSubmit={(event) => {
          event.preventDefault();
          if (port !== undefined) turn(port);
        }}
      >
        <Field
          label={messages.port}
          htmlFor="gateway-port"
          hint={messages.portHint}
          problem={port === undefined ? messages.portWrong : undefined}
        >
          <TextField
            id="gateway-port"
            inputMode="numeric"
            value={text}
            placeholder={messages.portAny}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        {isOn && port !== undefined && port !== status.port ? (
          <Button type="submit" busy={busy}>
            {messages.move}
          </Button>
        ) : null}
      </form>
      {failure === undefined ? null : (
        <FailureNotice
          failure={failure}
          actions={
            failure.code === 'port_taken' ? (
              <Button size="small" disabled={busy} onClick={() => turn(0)}>
                {messages.anyPort}
              </Button>
            ) : undefined
          }
        />
      )}
    </section>
  );
}

function stateText({ state, since, openedBy, url }: GatewayStatus, nowMs: number): string {
  if (state === 'failed') return messages.serverFailed;
  if (state === 'off' || since === undefined) return messages.serverOff;
  const when = formatMoment(since, nowMs);
  const where = messages.servedTo[url === null || isOwnMachine(url) ? 'own' : 'others'];
  return openedBy === 'command line' ? messages.serverByCommand(when, where) : messages.serverOn(when, where);
}

function Addresses({ url }: { readonly url: string }) {
  const { client, notices } = useServices();
  const rows = [
    { name: messages.httpAddress, text: `${url}/api/v1` },
    { name: messages.mcpAddress, text: `${url}/mcp` },
  ];
  const show = (): void => void client.window.openExternal({ url: `${url}/openapi.json` }).catch(notices.fail);
  return (
    <dl className="server-addresses">
      {rows.map(({ name, text }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono selectable">{text}</dd>
          <dd>
            <CopyButton text={text} label={messages.copyOf(name)} />
          </dd>
        </div>
      ))}
      <div>
        <dt>{messages.description}</dt>
        <dd>
          <Button size="small" icon={ExternalLink} onClick={show}>
            {messages.openApi}
          </Button>
        </dd>
      </div>
    </dl>
  );
}
