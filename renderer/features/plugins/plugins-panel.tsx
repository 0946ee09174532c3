import { Blocks, PackagePlus } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Split } from '../../ui/split.tsx';
import { PluginDetails } from './details/plugin-details.tsx';
import { InstallDialog } from './installing/install-dialog.tsx';
import { OffersView } from './installing/offers-view.tsx';
import { PluginList } from './list/plugin-list.tsx';
import { messages } from './messages.ts';
import type { PluginStores } from './plugin-stores.ts';
import type { PluginView } from './plugins-store.ts';
import { PublishersView } from './publishers/publishers-view.tsx';
import './plugins.css';

const VIEW = 'plugins';
const RENEW_EVERY_MS = 5000;
const VIEWS = (['plugins', 'offers', 'publishers'] as const).map((value) => ({
  value,
  label: messages.views[value],
}));

export interface PluginsPanelProps {
  readonly stores: PluginStores;
  /** Leads to a tool's form. */
  readonly onTry: (tool: string) => void;
}

/** Everything about plugins: what there is, what may come in, and whom to trust. */
export function PluginsPanel({ stores, onTry }: PluginsPanelProps) {
  const { plugins: store, installs } = stores;
  const view = useStore(store.store, (state) => state.view);
  useEffect(() => {
    void store.load();
    // Others install as well, and a plugin that crashes is disabled by itself.
    const timer = setInterval(() => void store.load(), RENEW_EVERY_MS);
    return () => clearInterval(timer);
  }, [store]);
  const bar = (
    <>
      <Segmented<PluginView>
        label={messages.title}
        value={view}
        options={VIEWS}
        onChange={(next) => store.show(next)}
      />
      <span className="grow" />
      <Button size="small" icon={PackagePlus} onClick={() => installs.choose()}>
        {messages.install}
      </Button>
    </>
  );
  return (
    <Panel name={VIEW} bar={bar}>
      {view === 'plugins' ? <Plugins stores={stores} onTry={onTry} /> : null}
      {view === 'offers' ? <OffersView installs={installs} /> : null}
      {view === 'publishers' ? <PublishersView publishers={stores.publishers} plugins={store} /> : null}
      <InstallDialog
        installs={installs}
        onTrust={(publisher) => {
          installs.close();
          if (publisher !== undefined) stores.publishers.enter({ name: publisher });
          store.show('publishers');
        }}
      />
    </Panel>
  );
}

function Plugins({ stores, onTry }: PluginsPanelProps) {
  const { plugins: store } = stores;
  const { plugins, failure, selected } = useStore(store.store);
  if (failure) return <FailureNotice failure={failure} />;
  if (plugins === undefined) return null;
  const plugin = plugins.find(({ id }) => id === selected);
  return (
    <Split
      label={messages.width}
      initial={300}
      start={<PluginList plugins={plugins} selected={selected} onSelect={({ id }) => store.select(id)} />}
      end={
        plugin === undefined ? (
          <EmptyState icon={Blocks} title={messages.pick}>
            {messages.pickText}
          </EmptyState>
        ) : (
          <PluginDetails key={plugin.id} plugin={plugin} stores={stores} onTry={onTry} />
        )
      }
    />
  );
}
