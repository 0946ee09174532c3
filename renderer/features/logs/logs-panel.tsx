import { FolderOpen, PackageOpen, ScrollText, X } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useStore } from 'zustand';
import type { LogLine } from '../../../schema/contract/diagnostics.ts';
import { useServices } from '../../app/services.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { FilterField } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Switch } from '../../ui/switch.tsx';
import { BundleDialog } from './bundle-dialog.tsx';
import { CrashesView } from './crashes-view.tsx';
import type { LogsStore } from './logs-store.ts';
import { LogsTable } from './logs-table.tsx';
import { messages } from './messages.ts';
import './logs.css';

type Tab = keyof typeof messages.tabs;

const TABS = (['log', 'crashes'] as const).map((value) => ({ value, label: messages.tabs[value] }));
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** What the kernel wrote to its log, what crashed, and the bundle that explains both to somebody else. */
export function LogsPanel({ logs }: { readonly logs: LogsStore }) {
  const { client, notices } = useServices();
  const failure = useStore(logs.store, (state) => state.failure);
  const [tab, setTab] = useState<Tab>('log');
  const [isBundling, setBundling] = useState(false);
  useEffect(() => {
    logs.open();
    return () => logs.close();
  }, [logs]);
  const bar = (
    <>
      <Segmented label={messages.views} value={tab} options={TABS} onChange={setTab} />
      {tab === 'log' ? <Filters logs={logs} /> : <span className="grow" />}
      <IconButton
        icon={FolderOpen}
        label={messages.openFolder}
        onClick={() => void client.window.openLogs({}).catch(notices.fail)}
      />
      <Button size="small" icon={PackageOpen} onClick={() => setBundling(true)}>
        {messages.bundle}
      </Button>
    </>
  );
  return (
    <Panel name="logs" bar={bar}>
      <div className="logs">
        {failure ? <FailureNotice failure={failure} compact /> : null}
        {tab === 'log' ? <Log logs={logs} /> : <CrashesView logs={logs} />}
      </div>
      {isBundling ? <BundleDialog onClose={() => setBundling(false)} /> : null}
    </Panel>
  );
}

function Filters({ logs }: { readonly logs: LogsStore }) {
  const { filter, mode, parts } = useStore(logs.store);
  const liveId = useId();
  return (
    <>
      <select
        className="select-field logs-select"
        aria-label={messages.level}
        value={filter.level ?? 'debug'}
        onChange={({ target }) => {
          const level = LEVELS.find((one) => one === target.value);
          if (level !== undefined) logs.setFilter({ level });
        }}
      >
        {LEVELS.map((level) => (
          <option key={level} value={level}>
            {messages.levels[level]}
          </option>
        ))}
      </select>
      <select
        className="select-field logs-select"
        aria-label={messages.part}
        value={filter.part ?? ''}
        onChange={({ target }) => logs.setFilter({ part: target.value })}
      >
        <option value="">{messages.allParts}</option>
        {parts.map((part) => (
          <option key={part}>{part}</option>
        ))}
      </select>
      <FilterField value={filter.text ?? ''} onChange={(text) => logs.search(text)} label={messages.find} />
      <Switch
        checked={mode === 'live'}
        onChange={(live) => logs.setMode(live ? 'live' : 'still')}
        label={messages.following}
        labelId={liveId}
      />
    </>
  );
}

function Log({ logs }: { readonly logs: LogsStore }) {
  const { lines, isEmpty, shown, reading } = useStore(logs.store);
  if (lines === undefined || (reading && lines.length === 0)) {
    return <EmptyState icon={ScrollText} title={messages.loading} />;
  }
  if (lines.length > 0) {
    return (
      <>
        <LogsTable logs={logs} lines={lines} />
        {shown === undefined ? null : <Details line={shown} onClose={() => logs.show(undefined)} />}
      </>
    );
  }
  const clear = (
    <Button onClick={() => logs.setFilter({ level: 'debug', part: '', text: '' })}>{messages.clear}</Button>
  );
  return isEmpty ? (
    <EmptyState icon={ScrollText} title={messages.empty}>
      {messages.emptyText}
    </EmptyState>
  ) : (
    <EmptyState icon={ScrollText} title={messages.none} actions={clear}>
      {messages.noneText}
    </EmptyState>
  );
}

function Details({ line, onClose }: { readonly line: LogLine; readonly onClose: () => void }) {
  return (
    <section className="logs-details" aria-label={messages.details}>
      <header>
        <p className="selectable grow">{line.message}</p>
        <IconButton icon={X} label={messages.close} onClick={onClose} />
      </header>
      {line.details === '' ? (
        <p className="muted">{messages.noDetails}</p>
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        <pre className="mono selectable" tabIndex={0}>
          {line.details}
        </pre>
      )}
    </section>
  );
}
