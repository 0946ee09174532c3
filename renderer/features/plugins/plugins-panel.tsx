import { Blocks, PackagePlus } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { useServices } from '../../app/services.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Split } from '../../ui/split.tsx';
import { PluginDetails } from './details/plugin-details.tsx';
import { InstallDialog } from './installing/install-dialog.tsx';
import { updatesOf } from './installing/offers-store.ts';
import { OffersView } from './installing/offers-view.tsx';
import { PluginList } from './list/plugin-list.tsx';
import { messages } from './messages.ts';
import type { PluginStores } from './plugin-stores.ts';
import { idOf, type PluginView } from './plugins-store.ts';
import { PublishersView } from './publishers/publishers-view.tsx';
import './plugins.css';

const VIEW = 'plugins';
const RENEW_EVERY_MS = 5000;
const VIEWS = ['plugins', 'offers', 'publishers'] as const;

export interface PluginsPanelProps {
  readonly stores: PluginStores;
  /** Leads to a tool's form. */
  readonly onTry: (tool: string) => void;
}

/** Everything about plugins: what there is, what may come in, and whom to trust. */
export function PluginsPanel({ stores, onTry }: PluginsPanelProps) {
  const { plugins: store, installs, offers } = stores;
  const { settings } = useServices();
  const view = useStore(store.store, (state) => state.view);
  const updates = updatesOf(useStore(offers.store, (state) => state.offers)).length;
  const teamPlugins = useStore(settings.store, (state) => state.settings?.teamPlugins ?? '');
  useEffect(() => {
    void store.load();
    // Others install as well, and a plugin that crashes is disabled by itself.
    const timer = setInterval(() => void store.load(), RENEW_EVERY_MS);
    return () => clearInterval(timer);
  }, [store]);
  useEffect(() => void offers.open(teamPlugins), [offers, teamPlugins]);
  const bar = (
    <>
      <Segmented<PluginView>
        label={messages.title}
        value={view}
        options={VIEWS.map((value) => ({
          value,
          label: messages.views[value],
          count: value === 'offers' && updates > 0 ? { value: updates, about: messages.updates(updates) } : undefined,
        }))}
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
      {view === 'offers' ? <OffersView offers={offers} installs={installs} /> : null}
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
  const offers = useStore(stores.offers.store, (state) => state.offers);
  const updates = useMemo(() => new Map(updatesOf(offers).map((offer) => [offer.id, offer])), [offers]);
  if (failure) return <FailureNotice failure={failure} />;
  if (plugins === undefined) return null;
  const plugin = plugins.find(({ id }) => id === selected);
  return (
    <Split
      label={messages.width}
      initial={300}
      start={
        <PluginList plugins={plugins} updates={updates} selected={selected} onSelect={({ id }) => store.select(id)} />
      }
      end={
        plugin === undefined ? (
          <EmptyState icon={Blocks} title={messages.pick}>
            {messages.pickText}
          </EmptyState>
        ) : (
          <PluginDetails
            key={plugin.id}
            plugin={plugin}
            update={updates.get(idOf(plugin))}
            stores={stores}
            onTry={onTry}
          />
        )
      }
    />
  );
}
