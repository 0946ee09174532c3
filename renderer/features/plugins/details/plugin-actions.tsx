import { CirclePause, CirclePlay, PackageOpen, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { PluginOffer, PluginSummary } from '../../../../schema/contract/plugin.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/dialog.tsx';
import { messages } from '../messages.ts';
import type { PluginStores } from '../plugin-stores.ts';
import { idOf } from '../plugins-store.ts';
import { SecretsGone } from '../secrets/secrets-gone.tsx';

export interface PluginActionsProps {
  readonly plugin: PluginSummary;
  /** What the team's folder offers that is newer. */
  readonly update: PluginOffer | undefined;
  readonly stores: PluginStores;
}

/** What can be done with an installed plugin; what goes away is said before. */
export function PluginActions({ plugin, update, stores: { plugins, installs } }: PluginActionsProps) {
  const [asking, setAsking] = useState<'disable' | 'remove'>();
  const busy = useStore(plugins.store, (state) => state.busy) !== undefined;
  const { displayName, state, tools } = plugin;
  const id = idOf(plugin);
  const end = (): void => setAsking(undefined);
  return (
    <div className="plugin-actions">
      <Button
        size="small"
        icon={PackageOpen}
        disabled={busy}
        onClick={() =>
          update === undefined
            ? installs.choose(displayName)
            : void installs.look({ source: update.file, pin: update.pin })
        }
      >
        {update === undefined ? messages.update : messages.updateTo(update.version)}
      </Button>
      {state === 'disabled' ? (
        <Button size="small" icon={CirclePlay} disabled={busy} onClick={() => void plugins.enable(id)}>
          {messages.enable}
        </Button>
      ) : null}
      {state === 'registered' || state === 'active' ? (
        <Button size="small" icon={CirclePause} disabled={busy} onClick={() => setAsking('disable')}>
          {messages.disable}
        </Button>
      ) : null}
      <Button size="small" icon={Trash2} disabled={busy} onClick={() => setAsking('remove')}>
        {messages.remove}
      </Button>
      <ConfirmDialog
        open={asking === 'disable'}
        onClose={end}
        title={messages.disableTitle(displayName)}
        confirmLabel={messages.disable}
        onConfirm={() => plugins.disable(id)}
      >
        <p>{messages.disableText(tools.join(', '))}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'remove'}
        onClose={end}
        title={messages.removeTitle(displayName)}
        confirmLabel={messages.removeConfirm}
        tone="danger"
        onConfirm={() => plugins.remove(id)}
      >
        <p>{messages.removeText(tools.length)}</p>
        <SecretsGone id={id} />
        <p>{messages.removeKept}</p>
      </ConfirmDialog>
    </div>
  );
}
