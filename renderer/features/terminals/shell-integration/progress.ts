/** How far a program says it is (OSC 9;4, as ConEmu has it). */
export interface TerminalProgress {
  readonly state: 'running' | 'failed' | 'unknown' | 'paused';
  /** 0 to 100; 0 where it is not known. */
  readonly percent: number;
}

const STATES: Readonly<Record<string, TerminalProgress['state'] | 'none'>> = {
  '0': 'none',
  '1': 'running',
  '2': 'failed',
  '3': 'unknown',
  '4': 'paused',
};

/** Reads the sequence's text, `4;STATE;PERCENT`: `none` takes the progress away, undefined is no progress at all. */
export function readProgress(data: string): TerminalProgress | 'none' | undefined {
  const [, digit = '', number = ''] = /^4;([0-4])(?:;(\d{1,3}))?$/.exec(data) ?? [];
  const state = STATES[digit];
  if (state === undefined || state === 'none') return state;
  return { state, percent: state === 'unknown' ? 0 : Math.min(100, Number(number)) };
}
