import { expect, test } from 'vitest';
import type { CallContext } from '../../kernel/dispatch/context.ts';
import { pluginHandlers } from '../../kernel/plugins/handlers.ts';
import type { UpkeepOf } from '../../kernel/scheduler/turn.ts';
import { archiveOf, finished, goodDraft, newPublisher } from './testing/package-draft.ts';
import { PluginHome } from './testing/plugin-home.ts';

test('looking into a package, installing and enabling a plugin wait for their turn', async () => {
  using home = new PluginHome();
  const publisher = newPublisher('Acme tools');
  await home.publishers.trust(publisher.name, { publicKey: publisher.publicKey });
  const source = home.source('words.tgz', await archiveOf(finished(goodDraft(publisher.name), publisher)));
  const turns: UpkeepOf[] = [];
  const { registry, installer, developments, publishers, records, store, logs, settings } = home;
  const handlers = pluginHandlers({
    registry,
    installer,
    developments,
    publishers,
    records,
    store,
    logs,
    settings,
    async doUpkeep(of, signal, work) {
      turns.push(of);
      return work(signal);
    },
  });
  const { signal } = new AbortController();
  const context = { signal, note: () => undefined } as unknown as CallContext; // these handlers use no more of it
  const { digest, capabilities } = await handlers.inspect({ source }, context);
  const { plugin } = await handlers.install({ source, consent: { digest, capabilities } }, context);
  await handlers.enable({ id: plugin.id }, context);
  const order = { profile: 'plugin', for: 'person' };
  expect(turns).toEqual([
    { kind: 'plugin.inspect', ...order },
    { kind: 'plugin.activate', ...order },
    { kind: 'plugin.activate', ...order },
  ]);
});
