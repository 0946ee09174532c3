import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useNow } from '../../app/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { GatewayStore } from './gateway-store.ts';
import { IssueForm } from './issue-form.tsx';
import { KeysView } from './keys-view.tsx';
import type { KeysStore } from './keys-store.ts';
import { LiveView } from './live-view.tsx';
import { messages } from './messages.ts';
import { NetworkForm } from './network-form.tsx';
import { NewToken } from './new-token.tsx';
import { ProgramsView } from './programs-view.tsx';
import { ServerCard } from './server-card.tsx';
import './gateway.css';

const VIEW = 'gateway';
const MINUTE_MS = 60_000;

type Part = 'keys' | 'live' | 'programs' | 'network';
const PARTS = (['keys', 'live', 'programs', 'network'] as const).map((value) => ({
  value,
  label: messages.parts[value],
}));

export interface GatewayPanelProps {
  readonly keys: KeysStore;
  readonly gateway: GatewayStore;
}

/** Who may come in from outside, by which door, and what they do. */
export function GatewayPanel({ keys: store, gateway }: GatewayPanelProps) {
  const which = useStore(store.store, (state) => state.which);
  const [part, setPart] = useState<Part>('keys');
  const [isIssuing, setIssuing] = useState(false);
  const nowMs = useNow(MINUTE_MS);
  useEffect(() => {
    const abort = new AbortController();
    void store.follow(abort.signal);
    return () => abort.abort();
  }, [store]);
  const issue = (
    <Button size="small" icon={Plus} onClick={() => setIssuing(true)}>
      {messages.issue}
    </Button>
  );
  const bar = (
    <>
      <h2 className="gateway-title">{messages.title}</h2>
      <Segmented<Part> label={messages.title} value={part} options={PARTS} onChange={setPart} />
      <span className="grow" />
      {part === 'keys' ? (
        <>
          <Checkbox
            checked={which === 'all'}
            onChange={(checked) => store.show(checked ? 'all' : 'in force')}
            label={messages.showEnded}
          />
          {issue}
        </>
      ) : null}
    </>
  );
  return (
    <Panel name={VIEW} bar={bar}>
      <div className="gateway" data-part={part}>
        <ServerCard store={gateway} nowMs={nowMs} />
        {part === 'keys' ? <KeysView store={store} nowMs={nowMs} issue={issue} /> : null}
        {part === 'live' ? <LiveView store={gateway} nowMs={nowMs} /> : null}
        {part === 'programs' ? <ProgramsView store={gateway} /> : null}
        {part === 'network' ? <NetworkForm store={gateway} /> : null}
      </div>
      <IssueForm store={store} open={isIssuing} onClose={() => setIssuing(false)} />
      <NewToken store={store} />
    </Panel>
  );
}
