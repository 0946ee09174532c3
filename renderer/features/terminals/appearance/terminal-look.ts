import type { Terminal } from '@xterm/xterm';
import type { Settings } from '../../../../schema/contract/app.ts';
import { drawLigatures } from './ligatures.ts';
import { TERMINAL_FONT } from './terminal-theme.ts';

/** What a person may choose of how terminals look. */
export interface TerminalLook {
  readonly fontSize: number;
  readonly fontFamily: string;
  readonly ligatures: boolean;
  readonly scrollbackLines: number;
  readonly pictures: 'on' | 'off';
}

/** Until the settings are known. */
const FIRST_LOOK: TerminalLook = {
  fontSize: 13,
  fontFamily: TERMINAL_FONT,
  ligatures: false,
  scrollbackLines: 10_000,
  pictures: 'on',
};

export function lookOf(settings: Settings | undefined): TerminalLook {
  if (settings === undefined) return FIRST_LOOK;
  const chosen = settings.terminalFontFamily.replace(/[^\w\s,'"-]/g, '').trim();
  return {
    fontSize: settings.terminalFontSize,
    fontFamily: chosen === '' ? TERMINAL_FONT : `${chosen}, ${TERMINAL_FONT}`,
    ligatures: settings.terminalLigatures,
    scrollbackLines: settings.terminalScrollback,
    pictures: settings.terminalImages ? 'on' : 'off',
  };
}

/** Dresses one terminal, and again when something else is chosen. */
export class TerminalDress {
  readonly #terminal: Terminal;
  #stopLigatures: (() => void) | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  wear({ fontSize, fontFamily, ligatures, scrollbackLines }: TerminalLook): void {
    const { options } = this.#terminal;
    options.fontSize = fontSize;
    options.fontFamily = fontFamily;
    options.scrollback = scrollbackLines;
    if (ligatures === (this.#stopLigatures !== undefined)) return;
    this.#stopLigatures?.();
    this.#stopLigatures = ligatures ? drawLigatures(this.#terminal) : undefined;
    this.#terminal.refresh(0, this.#terminal.rows - 1);
  }
}
