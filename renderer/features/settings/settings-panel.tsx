import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.tsx';
import { FilterField } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { messages } from './messages.ts';
import { SettingsForm } from './settings-form.tsx';
import { SettingsJson } from './settings-json.tsx';
import { ShortcutsEditor } from './shortcuts-editor.tsx';
import './settings.css';

type Tab = keyof typeof messages.tabs;

const TABS = (['settings', 'shortcuts', 'json'] as const).map((value) => ({ value, label: messages.tabs[value] }));

/** Everything that can be chosen: forms made from the settings' schema, the keys of all commands, and the file itself. */
export function SettingsPanel() {
  const { settings: store } = useServices();
  const settings = useStore(store.store, (state) => state.settings);
  const [tab, setTab] = useState<Tab>('settings');
  const [text, setText] = useState('');
  const bar = (
    <>
      <Segmented label={messages.views} value={tab} options={TABS} onChange={setTab} />
      {tab === 'json' ? null : (
        <FilterField
          value={text}
          onChange={setText}
          label={tab === 'settings' ? messages.find : messages.findCommand}
        />
      )}
    </>
  );
  return (
    <Panel name="settings" bar={bar}>
      {settings === undefined ? (
        <EmptyState icon={SlidersHorizontal} title={messages.loading} />
      ) : (
        <div className="settings">
          {tab === 'settings' ? <SettingsForm settings={settings} text={text} onClear={() => setText('')} /> : null}
          {tab === 'shortcuts' ? <ShortcutsEditor text={text} /> : null}
          {tab === 'json' ? <SettingsJson settings={settings} /> : null}
        </div>
      )}
    </Panel>
  );
}
