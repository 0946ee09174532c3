import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import type { PluginInspection, PluginOffer, PluginSummary } from '../../../../schema/contract/plugin.ts';
import { Fault, toFault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { EXIT, exitCodeOf } from '../../exit-code.ts';
import { flag, value } from '../../option.ts';
import { errorDocument, errorText } from '../../output/print.ts';
import { inspectionText } from './plugin-inspection.ts';
import { teamFolder } from './team-folder.ts';

const USAGE = 'plugin update [ID...] [--from FOLDER] [--yes]';

/** What became of one update. */
type Outcome =
  | { readonly kind: 'updated'; readonly inspection: PluginInspection; readonly plugin: PluginSummary }
  | { readonly kind: 'waiting'; readonly inspection: PluginInspection }
  | { readonly kind: 'failed'; readonly offer: PluginOffer; readonly fault: Fault };

/** Those that were named, or all that are installed. Throws `not_found` for a name that is not offered or not installed. */
function chosen(offers: readonly PluginOffer[], names: readonly string[]): readonly PluginOffer[] {
  if (names.length === 0) return offers.filter(({ installed }) => installed !== null);
  return [...new Set(names)].map((name) => {
    const offer = offers.find(({ id }) => id === name);
    if (offer === undefined) {
      throw new Fault('not_found', `Cannot update "${name}": the folder does not offer it`, {
        fix: 'See what it offers: cavern plugin offers FOLDER',
      });
    }
    if (offer.installed !== null) return offer;
    throw new Fault('not_found', `Cannot update "${name}": it is not installed`, {
      fix: `Install it: cavern plugin install ${name} --from FOLDER`,
    });
  });
}

/** One after the other is verified, shown and installed; what needs consent only where `--yes` gives it. */
async function updateOne(context: CommandContext, client: Client<Areas>, offer: PluginOffer): Promise<Outcome> {
  const source = { source: offer.file, pin: offer.pin };
  const isAgreed = isSet(context, 'yes');
  try {
    const inspection = await client.plugin.inspect(source, { signal: context.signal });
    const { digest, capabilities, replaces, needsConsent, step } = inspection;
    // The index speaks for the package until it was looked at.
    if (inspection.id !== offer.id || step !== 'newer') throw contradiction(offer);
    if (needsConsent && !isAgreed) return { kind: 'waiting', inspection };
    const { plugin } = await client.plugin.install(
      { ...source, ...(isAgreed ? { consent: { digest, capabilities, replaces } } : {}) },
      { signal: context.signal, review: isAgreed ? 'approve' : 'refuse' },
    );
    return { kind: 'updated', inspection, plugin };
  } catch (thrown) {
    if (context.signal.aborted) throw thrown;
    return { kind: 'failed', offer, fault: toFault(thrown) };
  }
}

function contradiction({ id, version }: PluginOffer): Fault {
  return new Fault('plugin_refused', `Cannot update "${id}": the package is not what the index says`, {
    why: `The index offers ${id} ${version}, and its package is something else, or no longer newer than what is installed.`,
    fix: 'Whoever keeps the folder has to write the index anew: cavern plugin index FOLDER',
  });
}

function textOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'updated':
      return `${inspectionText(outcome.inspection)}Updated${outcome.plugin.state === 'disabled' ? ', and disabled as before' : ''}.\n`;
    case 'waiting':
      return `${inspectionText(outcome.inspection)}Not updated. To agree: --yes\n`;
    case 'failed':
      return errorText(outcome.fault);
  }
}

function documentOf(folder: string, outcomes: readonly Outcome[], left: readonly PluginOffer[]) {
  return {
    folder,
    updated: outcomes.flatMap((outcome) => {
      if (outcome.kind !== 'updated') return [];
      const { id, version, digest, state } = outcome.plugin;
      return [{ id, version, digest, state, from: outcome.inspection.installed }];
    }),
    waiting: outcomes.flatMap((outcome) => (outcome.kind === 'waiting' ? [outcome.inspection] : [])),
    failed: outcomes.flatMap((outcome) =>
      outcome.kind === 'failed' ? [{ id: outcome.offer.id, ...errorDocument(outcome.fault) }] : [],
    ),
    left: left.map(({ id, version, installed, state }) => ({ id, version, installed, state })),
  };
}

function leftText({ id, version, installed, state }: PluginOffer): string {
  const offered = state === 'older' ? `the older ${version}` : 'the same version with other contents';
  return `${id} ${installed} stays: the folder offers ${offered}. To take it all the same: cavern plugin install ${id} --from FOLDER\n`;
}

/** What failed counts before what waits. */
function exitCode(outcomes: readonly Outcome[]): number {
  const [fault] = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.fault] : []));
  if (fault !== undefined) return exitCodeOf(fault);
  return outcomes.some(({ kind }) => kind === 'waiting') ? EXIT.needsReview : EXIT.ok;
}

export const updateCommand: Command = {
  words: ['plugin', 'update'],
  usage: USAGE,
  about: "Update what is installed to what a team's folder offers; an older version never",
  options: {
    from: value('folder', "The team's folder; that of the setting teamPlugins if absent"),
    yes: flag('Agree to what the updates may do'),
  },
  positionals: [0, Number.POSITIVE_INFINITY],
  takes: ['plugin'],
  document:
    '{ folder, updated: [{ id, version, digest, state, from }], waiting: [inspection], failed: [{ id, error }], left: [{ id, version, installed, state }] }; exit code 4 where something waits for --yes',
  async run(context) {
    const client = await context.connect();
    const folder = await teamFolder(client, stringOf(context, 'from'), USAGE);
    const { offers } = await client.plugin.offers({ folder });
    const all = chosen(offers, context.positionals);
    const outcomes: Outcome[] = [];
    for (const offer of all.filter(({ state }) => state === 'update')) {
      outcomes.push(await updateOne(context, client, offer));
    }
    const left = all.filter(({ state }) => state === 'older' || state === 'changed');
    const said = [...outcomes.map(textOf), ...left.map(leftText)];
    const text = said.length === 0 ? 'Everything that is installed from there is up to date.\n' : said.join('\n');
    return { document: documentOf(folder, outcomes, left), text, exitCode: exitCode(outcomes) };
  },
};
