import { Plug, Waves } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { GatewayConnection, GatewayLimit, GatewayRequest } from '../../../schema/contract/gateway.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatClock, formatDuration, formatMoment, formatNumber } from '../../ui/format.ts';
import { useShownPage } from '../../ui/use-shown-page.ts';
import { useVisible } from '../../ui/use-visible.ts';
import type { GatewayStore } from './gateway-store.ts';
import { messages } from './messages.ts';
import './live-view.css';

/** Who is connected, what was asked, and how much of the limits is used; stands still while nobody can see it. */
export function LiveView({ store, nowMs }: { readonly store: GatewayStore; readonly nowMs: number }) {
  const { traffic, requests } = useStore(store.store);
  const [ref, visible] = useVisible<HTMLDivElement>();
  const isShown = useShownPage();
  useEffect(() => {
    if (!visible || !isShown) return undefined;
    const abort = new AbortController();
    void store.followTraffic(abort.signal);
    return () => abort.abort();
  }, [store, visible, isShown]);
  return (
    <div className="live-view" ref={ref}>
      <section aria-labelledby="live-requests" className="live-requests">
        <h3 id="live-requests">{messages.requests(traffic?.answered ?? 0)}</h3>
        {requests.length === 0 ? (
          <EmptyState icon={Waves} title={messages.noRequests}>
            {messages.noRequestsText}
          </EmptyState>
        ) : (
          <Requests requests={requests} />
        )}
      </section>
      <div className="live-side">
        <section aria-labelledby="live-connections">
          <h3 id="live-connections">{messages.connections(traffic?.connected ?? 0)}</h3>
          {traffic === undefined || traffic.connected === 0 ? (
            <EmptyState icon={Plug} title={messages.noConnections} />
          ) : (
            <Connections connections={traffic.connections} nowMs={nowMs} />
          )}
        </section>
        <section aria-labelledby="live-limits">
          <h3 id="live-limits">{messages.limits}</h3>
          <Limits limits={traffic?.limits ?? []} />
        </section>
      </div>
    </div>
  );
}

function Requests({ requests }: { readonly requests: readonly GatewayRequest[] }) {
  const { requestColumns: columns } = messages;
  return (
    // Reached by keyboard, so that it can be scrolled without a mouse.
    <div className="live-frame" role="region" aria-label={messages.requestTable} tabIndex={0}>
      <table className="live-table">
        <thead>
          <tr>
            <th scope="col">{columns.at}</th>
            <th scope="col">{columns.route}</th>
            <th scope="col">{columns.key}</th>
            <th scope="col" className="number">
              {columns.status}
            </th>
            <th scope="col" className="number">
              {columns.took}
            </th>
          </tr>
        </thead>
        <tbody>
          {requests.map(({ seq, at, method, route, key, status, durationMs }) => (
            <tr key={seq} data-request={seq} data-status={Math.floor(status / 100)}>
              <td className="muted">{formatClock(at)}</td>
              <td className="live-route mono" title={`${method} ${route ?? ''}`}>
                <span className="live-method">{method}</span> {route ?? messages.noRoute}
              </td>
              <td className="mono">{key ?? messages.noKey}</td>
              <td className="number live-status">{status}</td>
              <td className="number muted">{formatDuration(durationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ConnectionsProps {
  readonly connections: readonly GatewayConnection[];
  readonly nowMs: number;
}

function Connections({ connections, nowMs }: ConnectionsProps) {
  const { connectionColumns: columns } = messages;
  return (
    <div className="live-frame" role="region" aria-label={messages.connectionTable} tabIndex={0}>
      <table className="live-table">
        <thead>
          <tr>
            <th scope="col">{columns.kind}</th>
            <th scope="col">{columns.key}</th>
            <th scope="col">{columns.since}</th>
            <th scope="col" className="number">
              {columns.requests}
            </th>
          </tr>
        </thead>
        <tbody>
          {connections.map(({ id, kind, key, since, requests }) => (
            <tr key={id} data-connection={kind}>
              <td>{messages.connectionKinds[kind]}</td>
              <td className="mono">{key ?? messages.noKey}</td>
              <td className="muted">{formatMoment(since, nowMs)}</td>
              <td className="number">{formatNumber(requests)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Limits({ limits }: { readonly limits: readonly GatewayLimit[] }) {
  return (
    <ul className="live-limits">
      {limits.map(({ kind, requestsPerMinute, keys, used, busiest, refused }) => (
        <li key={kind} data-limit={kind}>
          <span className="live-limit-name">{messages.kinds[kind]}</span>
          <span className="muted number">{messages.limitOf(used, requestsPerMinute)}</span>
          <meter
            min={0}
            max={requestsPerMinute}
            value={used}
            high={requestsPerMinute * 0.8}
            aria-label={messages.limitMeter(messages.kinds[kind])}
          />
          <span className="muted live-limit-note">
            {busiest === null ? messages.limitUnused : messages.limitBusiest(busiest, keys)}
            {refused === 0 ? null : <span className="live-refused"> {messages.limitRefused(refused)}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
