type Environment = Readonly<Record<string, string | undefined>>;

/** What of a stream tells whether a person sits before it. */
export interface Screen {
  readonly isTTY?: boolean;
}

/** Ways to set a piece of text apart; each is its identity where there are no colours. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Colours are for terminals that can show them, and for whoever has not refused them (https://no-color.org). */
export function hasColours(screen: Screen, env: Environment): boolean {
  return screen.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

/** The style of what is written to a stream. */
export function styleOf(screen: Screen, env: Environment): Style {
  const isOn = hasColours(screen, env);
  const by = (on: number, off: number) => (text: string) => (isOn ? `\u001b[${on}m${text}\u001b[${off}m` : text);
  return { bold: by(1, 22), dim: by(2, 22), red: by(31, 39), green: by(32, 39), yellow: by(33, 39), cyan: by(36, 39) };
}
