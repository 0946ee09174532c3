import type { PluginLogLine } from '../../../../schema/contract/plugin.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** A line as it is read. */
export interface ReadLine {
  /** undefined for a line that the SDK's logger did not write. */
  readonly level: LogLevel | undefined;
  readonly text: string;
  /** What came with the message, as JSON; empty where nothing did. */
  readonly fields: string;
}

/** Takes a line of the SDK's logger (`{"level", "message", …}`) apart; any other is its own text. */
export function readLine({ text }: Pick<PluginLogLine, 'text'>): ReadLine {
  const plain = { level: undefined, text, fields: '' };
  if (!text.startsWith('{')) return plain;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return plain;
    const { level, message, at: _at, ...fields }: { level?: unknown; message?: unknown; at?: unknown } = value;
    const known = LEVELS.find((one) => one === level);
    if (known === undefined || typeof message !== 'string') return plain;
    return { level: known, text: message, fields: Object.keys(fields).length === 0 ? '' : JSON.stringify(fields) };
  } catch {
    return plain;
  }
}
