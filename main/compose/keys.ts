import Type from 'typebox';
import type { Session, Terminal } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposers } from '../base/disposers.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import type { KeyReach } from '../kernel/dispatch/key-reach.ts';
import { KeyRecord } from '../kernel/keys/key-record.ts';
import { Keys } from '../kernel/keys/keys.ts';
import type { WebhookSettings } from '../kernel/keys/ports.ts';
import type { Secrets } from '../kernel/secrets/secrets.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import { fetchSender } from '../platform/webhook/fetch-sender.ts';
import type { ComposeOptions } from './compose-options.ts';

/** The secret of the key store that signs what the webhook is told. */
const WEBHOOK_SECRET = 'key-webhook';
/** Documents of which there is one. */
const ONLY = 'only';

const KeptUses = Type.Object({ uses: Type.Record(Type.String(), Type.Integer()) });
const KeptWebhook = Type.Object({ url: Type.String() });

export interface KeyParts {
  readonly storage: Storage;
  readonly log: AuditLog;
  readonly secrets: Secrets;
  readonly disposers: Disposers;
  readonly isSession: (id: string) => boolean;
}

/** The API keys of the home, for whoever serves more than this machine's user. */
export async function composeKeys({ logger }: ComposeOptions, parts: KeyParts): Promise<Keys> {
  const { storage, log, secrets, disposers, isSession } = parts;
  const [kept, uses, webhook] = await Promise.all([
    storage.collection('api-key', KeyRecord),
    storage.collection('api-key-use', KeptUses),
    storage.collection('api-key-webhook', KeptWebhook),
  ]);
  for (const collection of [kept, uses, webhook]) disposers.defer(() => collection.flush());
  const settings: WebhookSettings = {
    url: () => webhook.get(ONLY)?.url,
    secret: () => secrets.forKernel(WEBHOOK_SECRET),
    async change(url, secret) {
      if (secret !== undefined) {
        await secrets.add({ name: WEBHOOK_SECRET, value: secret.reveal(), replace: true });
      }
      if (url !== undefined) return webhook.putSynced(ONLY, { url });
      await webhook.deleteSynced(ONLY);
      await secrets.remove(WEBHOOK_SECRET);
    },
  };
  return disposers.add(
    await Keys.open({
      store: {
        all: () => kept.all(),
        put: (record) => kept.putSynced(record.id, record),
        delete: (id) => kept.deleteSynced(id),
      },
      lastUses: { all: () => uses.get(ONLY)?.uses ?? {}, put: (all) => uses.put(ONLY, { uses: all }) },
      webhook: settings,
      sender: fetchSender,
      audit: log,
      clock: systemClock,
      logger,
      isSession,
    }),
  );
}

export interface ReachParts {
  readonly sessions: () => readonly Session[];
  readonly terminals: () => readonly Terminal[];
}

/** Whose the things are that calls name. */
export function keyReach({ sessions, terminals }: ReachParts): KeyReach {
  return {
    session: (id) => sessions().find((session) => session.id === id),
    sessionOfTerminal: (id) => terminals().find((terminal) => terminal.id === id)?.session,
  };
}
