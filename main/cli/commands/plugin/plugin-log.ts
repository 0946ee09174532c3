import { plugin as area, type PluginLogLine } from '../../../../schema/contract/plugin.ts';
import type { Command } from '../../command.ts';

export const logCommand: Command = {
  words: ['plugin', 'log'],
  usage: 'plugin log ID',
  about: area.members.log.about,
  positionals: [1, 1],
  takes: ['plugin'],
  document: '{ lines: [{ seq, at, session, stream, text }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.plugin.log({ id: context.positionals[0] ?? '' });
    return { document, text: document.lines.map(lineText).join('') };
  },
};

/** What the SDK's logger wrote is taken apart; of a failure the stack stands below it, a line for each place. */
function lineText({ at, text }: PluginLogLine): string {
  const { level, message, stack, ...fields } = sdkLine(text);
  const time = new Date(at).toISOString();
  if (typeof message !== 'string') return `${time} ${text}\n`;
  const others = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
  const places = typeof stack === 'string' ? stack.split('\n').map((line) => `  ${line.trim()}\n`) : [];
  return `${time} ${String(level)} ${message}${others}\n${places.join('')}`;
}

interface SdkLine extends Readonly<Record<string, unknown>> {
  readonly level?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
}

/** Empty for a line of another kind. */
function sdkLine(text: string): SdkLine {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'level' in value ? { ...value } : {};
  } catch {
    return {};
  }
}
