import { useState } from 'react';
import type { PluginOffer, PluginSummary } from '../../../../schema/contract/plugin.ts';
import { Badge } from '../../../ui/badge.tsx';
import { FailureNotice } from '../../../ui/failure-notice.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { STATE_TONES } from '../list/plugin-list.tsx';
import { LogView } from '../log/log-view.tsx';
import { messages } from '../messages.ts';
import { explanationOf, problemsOfReason } from '../package-problems.ts';
import { problemWords } from '../plugin-words.ts';
import type { PluginStores } from '../plugin-stores.ts';
import { SecretsView } from '../secrets/secrets-view.tsx';
import { SettingsView } from '../settings/settings-view.tsx';
import { StatisticsView } from '../statistics/statistics-view.tsx';
import { AboutView } from './about-view.tsx';
import { PluginActions } from './plugin-actions.tsx';
import './details.css';

type Tab = keyof typeof messages.tabs;

export interface PluginDetailsProps {
  readonly plugin: PluginSummary;
  /** What the team's folder offers that is newer. */
  readonly update: PluginOffer | undefined;
  readonly stores: PluginStores;
  readonly onTry: (tool: string) => void;
}

/** One plugin: how it stands, what can be done with it, and what there is to know of it. */
export function PluginDetails({ plugin, update, stores, onTry }: PluginDetailsProps) {
  const [tab, setTab] = useState<Tab>('about');
  const { displayName, version, description, state, publisher, origin, development } = plugin;
  const shown = { about: true, settings: plugin.configurable, secrets: origin !== 'core', statistics: true, log: true };
  const tabs = TABS.filter((value) => shown[value]);
  return (
    <article className="plugin" aria-label={displayName} data-plugin-state={state}>
      <header className="plugin-head">
        <div className="plugin-title">
          <h2 className="truncate">{displayName}</h2>
          <span className="muted">{version}</span>
          <Badge tone={STATE_TONES[state]} title={messages.stateTitles[state]}>
            {messages.states[state]}
          </Badge>
          {development === undefined ? null : (
            <Badge tone="warn" title={messages.developmentTitle}>
              {messages.developmentBadge}
            </Badge>
          )}
          <span className="grow" />
          {origin === 'core' || development !== undefined ? null : (
            <PluginActions plugin={plugin} update={update} stores={stores} />
          )}
        </div>
        {description === '' ? null : <p className="selectable">{description}</p>}
        {state === 'refused' ? null : (
          <p className="muted">
            {messages.by(publisher)}
            {' · '}
            {whence(plugin)}
          </p>
        )}
      </header>
      <Reason plugin={plugin} />
      {state === 'refused' ? null : (
        <>
          <div className="plugin-tabs">
            <Segmented<Tab>
              label={messages.tabsLabel}
              value={tab}
              options={tabs.map((value) => ({ value, label: messages.tabs[value] }))}
              onChange={setTab}
            />
          </div>
          <div className="plugin-tab">
            {tab === 'about' ? <AboutView plugin={plugin} plugins={stores.plugins} onTry={onTry} /> : null}
            {tab === 'settings' ? <SettingsView id={plugin.id} name={displayName} /> : null}
            {tab === 'secrets' ? <SecretsView id={plugin.id} name={displayName} /> : null}
            {tab === 'statistics' ? <StatisticsView tools={plugin.tools} /> : null}
            {tab === 'log' ? <LogView id={plugin.id} /> : null}
          </div>
        </>
      )}
    </article>
  );
}

const TABS: readonly Tab[] = ['about', 'settings', 'secrets', 'statistics', 'log'];

/** Where it comes from, and who answers for it. */
function whence({ origin, development, signer }: PluginSummary): string {
  if (origin === 'core') return messages.core;
  if (development !== undefined) return messages.development(development);
  return signer === undefined ? messages.unsigned : messages.signedBy(signer);
}

/** Why a plugin's tools are not offered, and what to do about it. */
function Reason({ plugin: { state, reason = '' } }: { readonly plugin: PluginSummary }) {
  if (state === 'disabled') {
    const fix = reason.includes('crashed') ? messages.crashedFix : messages.disabledFix;
    return (
      <div className="plugin-reason">
        <FailureNotice failure={{ code: 'disabled', message: messages.disabledReason(reason), fix }} compact />
      </div>
    );
  }
  if (state !== 'refused') return null;
  const [first, ...others] = problemsOfReason(reason);
  const explanation = first && explanationOf(first.code);
  const failure = {
    code: first?.code ?? 'refused',
    message: explanation?.what ?? messages.stateTitles.refused,
    // The explanation says what the first one's code means.
    why:
      first === undefined || explanation === undefined
        ? reason
        : [problemWords(first.message), ...others.map(({ code, message }) => `${code}: ${problemWords(message)}`)].join(
            '; ',
          ),
    ...(explanation === undefined ? {} : { fix: explanation.fix }),
  };
  return (
    <div className="plugin-reason">
      <FailureNotice failure={failure} />
    </div>
  );
}
