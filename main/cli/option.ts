/** What stands in a place of a command line: it is how the place is completed, and named in help. */
export type ValueKind =
  | 'text'
  | 'number'
  | 'file'
  | 'folder'
  | 'command'
  | 'session'
  | 'change'
  | 'snapshot'
  | 'task'
  | 'schedule'
  | 'terminal'
  | 'tool'
  | 'plugin'
  | 'profile'
  | 'image'
  | 'key'
  | 'secret'
  | 'setting'
  /** One of these words. */
  | readonly string[];

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What it is for, as help, manual and completion say it: no full stop. */
  readonly about: string;
  /** Only of a `string`. */
  readonly value?: ValueKind;
  readonly multiple?: boolean;
  readonly short?: string;
  /** Where it may come from where the line does not have it: `CAVERN_NAME`, and with `project` also the project's file. */
  readonly from?: 'environment' | 'project';
}

export type Options = Readonly<Record<string, Option>>;

/** An option that is there or not. */
export function flag(about: string): Option {
  return { type: 'boolean', about };
}

/** An option that takes a value. */
export function value(kind: ValueKind, about: string): Option {
  return { type: 'string', value: kind, about };
}

/** What every command knows. */
export const EVERYWHERE = {
  json: flag('Print one JSON document on standard output, everything else on standard error'),
  home: value('folder', 'Keep all state in this folder (or CAVERN_HOME)'),
  help: { ...flag('Explain the command'), short: 'h' },
  version: flag('Print the version'),
} as const satisfies Options;
