import { CircleArrowUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { PluginOffer, PluginSummary } from '../../../../schema/contract/plugin.ts';
import { StateDot, type Tone } from '../../../ui/badge.tsx';
import { FilterField } from '../../../ui/field.tsx';
import { messages } from '../messages.ts';
import { idOf } from '../plugins-store.ts';
import './plugin-list.css';

export const STATE_TONES: Record<PluginSummary['state'], Tone> = {
  registered: 'neutral',
  active: 'good',
  disabled: 'warn',
  refused: 'bad',
};

export interface PluginListProps {
  readonly plugins: readonly PluginSummary[];
  /** What the team's folder offers that is newer, by plugin. */
  readonly updates: ReadonlyMap<string, PluginOffer>;
  readonly selected: string | undefined;
  readonly onSelect: (plugin: PluginSummary) => void;
}

/** The plugins with their state: those that were installed, and those that came along. */
export function PluginList({ plugins, updates, selected, onSelect }: PluginListProps) {
  const [filter, setFilter] = useState('');
  const shown = useMemo(() => plugins.filter((plugin) => isLike(plugin, filter)), [plugins, filter]);
  const group = (title: string, members: readonly PluginSummary[], none?: string) =>
    members.length === 0 && none === undefined ? null : (
      <section aria-label={title}>
        <h2 className="plugin-group">{title}</h2>
        {members.length === 0 ? <p className="plugin-none">{none}</p> : null}
        <ul>
          {members.map((plugin) => (
            <PluginRow
              key={plugin.id}
              plugin={plugin}
              update={updates.get(idOf(plugin))}
              isSelected={plugin.id === selected}
              onSelect={() => onSelect(plugin)}
            />
          ))}
        </ul>
      </section>
    );
  const isFiltered = filter.trim() !== '';
  return (
    <div className="plugin-list">
      <div className="plugin-filter">
        <FilterField value={filter} onChange={setFilter} label={messages.filter} />
      </div>
      <div className="plugin-groups">
        {group(
          messages.installedGroup,
          shown.filter(({ origin }) => origin !== 'core'),
          isFiltered ? undefined : messages.noneInstalled,
        )}
        {group(
          messages.coreGroup,
          shown.filter(({ origin }) => origin === 'core'),
        )}
        {shown.length === 0 ? <p className="plugin-none">{messages.noMatch}</p> : null}
      </div>
    </div>
  );
}

interface PluginRowProps {
  readonly plugin: PluginSummary;
  readonly update: PluginOffer | undefined;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

function PluginRow({ plugin, update, isSelected, onSelect }: PluginRowProps) {
  const { id, displayName, version, state } = plugin;
  return (
    <li>
      <button
        type="button"
        className="plugin-row"
        data-plugin={id}
        data-state={state}
        aria-current={isSelected ? 'true' : undefined}
        onClick={onSelect}
      >
        <StateDot tone={STATE_TONES[state]} />
        <span className="plugin-row-name truncate">{displayName}</span>
        <span className="plugin-row-version">
          {update === undefined ? null : (
            <span className="plugin-row-update" title={messages.offered(update.version)}>
              <CircleArrowUp size={13} aria-label={messages.offered(update.version)} />
            </span>
          )}
          {version}
        </span>
        <span className="plugin-row-state">{messages.states[state]}</span>
      </button>
    </li>
  );
}

function isLike({ id, displayName, description, publisher, tools }: PluginSummary, filter: string): boolean {
  const text = [id, displayName, description, publisher, ...tools].join(' ').toLowerCase();
  return text.includes(filter.trim().toLowerCase());
}
