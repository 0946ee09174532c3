import { type PolicyPreview, type PolicyVersion, policy as area } from '../../../../schema/contract/policy.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readNamedFile } from '../../input/named-file.ts';
import { table } from '../../output/print.ts';
import { flag, value } from '../../option.ts';

const CHANGE_OPTIONS = {
  yes: flag('Answer a request for review with yes; that is recorded'),
  confirm: value('text', 'The phrase that a breaking change asks for'),
  note: value('text', 'Why, for the history'),
  base: value('text', 'Refuse when another document than this digest is in force'),
} as const;

interface Given {
  confirm?: string;
  note?: string;
  base?: string;
}

function given(context: CommandContext): Given {
  const found: Given = {};
  for (const name of ['confirm', 'note', 'base'] as const) {
    const value = stringOf(context, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function review(context: CommandContext) {
  return { signal: context.signal, review: isSet(context, 'yes') ? 'approve' : 'refuse' } as const;
}

function previewText(file: string, preview: PolicyPreview): string {
  const errors = preview.errors.map((error) => `${file}:${error.line}:${error.column}: error: ${error.message}\n`);
  const warnings = preview.warnings.map(({ line, code, message }) => `${file}:${line}: warning ${code}: ${message}\n`);
  const outcomes = preview.outcomes.map(
    ({ breaking, seq, syscall, path, before, after }) =>
      `${breaking ? 'BREAKING' : 'changed '}  ${seq}  ${syscall} ${path ?? ''}  ${before.decision} → ${after.decision} (${after.rule ?? after.reasons.join()})\n`,
  );
  const phrase = preview.phrase === null ? '' : `to go on: --confirm '${preview.phrase}'\n`;
  const summary = `${preview.replayed} calls decided again, ${preview.outcomes.length} changed, ${preview.breaking} breaking\n`;
  return [...errors, ...warnings, ...outcomes, preview.ok ? summary : '', phrase].join('');
}

function versionText({ id, at, actor, inForce, note }: PolicyVersion): string[] {
  return [id, new Date(at).toISOString(), actor, inForce ? 'in force' : '', note ?? ''];
}

const update: Command = {
  words: ['policy', 'update'],
  usage: 'policy update FILE [--dry-run] [--yes] [--confirm PHRASE] [--note TEXT] [--base DIGEST]',
  about: area.members.update.about,
  options: { ...CHANGE_OPTIONS, 'dry-run': flag('Only show what would be decided otherwise') },
  positionals: [1, 1],
  takes: ['file'],
  document: '{ changed, version }; with --dry-run { ok, errors, warnings, replayed, outcomes, breaking, phrase }',
  async run(context) {
    const file = context.positionals[0] ?? '';
    const text = readNamedFile(file);
    const client = await context.connect();
    if (isSet(context, 'dry-run')) {
      const document = await client.policy.preview({ text });
      return { document, text: previewText(file, document), exitCode: document.ok ? EXIT.ok : EXIT.failed };
    }
    const document = await client.policy.update({ text, ...given(context) }, review(context));
    return { document, text: `version ${document.version.id} is in force\n` };
  },
};

const history: Command = {
  words: ['policy', 'history'],
  usage: 'policy history [VERSION]',
  about: 'List the documents that were in force, or print one of them',
  positionals: [0, 1],
  takes: ['text'],
  document: '{ versions: [{ id, at, actor, note?, digest, sizeBytes, inForce }] }, or one with its text',
  async run(context) {
    const client = await context.connect();
    const [version] = context.positionals;
    if (version !== undefined) {
      const document = await client.policy.version({ version });
      return { document, text: document.text };
    }
    const document = await client.policy.history({});
    const rows = document.versions.map(versionText);
    return { document, text: table([['VERSION', 'WHEN', 'BY', '', 'NOTE'], ...rows]) };
  },
};

const restore: Command = {
  words: ['policy', 'restore'],
  usage: 'policy restore VERSION [--yes] [--confirm PHRASE] [--note TEXT] [--base DIGEST]',
  about: area.members.restore.about,
  options: CHANGE_OPTIONS,
  positionals: [1, 1],
  takes: ['text'],
  document: '{ changed, version }',
  async run(context) {
    const client = await context.connect();
    const version = context.positionals[0] ?? '';
    const document = await client.policy.restore({ version, ...given(context) }, review(context));
    return { document, text: `version ${document.version.id} is in force\n` };
  },
};

/** What changes the policy, and what it was before. */
export const policyChangeCommands: readonly Command[] = [update, history, restore];
