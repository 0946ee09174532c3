import type { ITheme } from '@xterm/xterm';
import { colorOf } from '../../../app/theme.ts';

export const TERMINAL_FONT =
  "'JetBrains Mono', 'Cascadia Mono', 'SF Mono', Menlo, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

export function terminalTheme(): ITheme {
  return {
    background: colorOf('--surface'),
    foreground: colorOf('--ink'),
    cursor: colorOf('--accent'),
    cursorAccent: colorOf('--surface'),
    selectionBackground: colorOf('--term-selection'),
    scrollbarSliderBackground: colorOf('--surface-active'),
    scrollbarSliderHoverBackground: colorOf('--border-strong'),
    scrollbarSliderActiveBackground: colorOf('--border-strong'),
    overviewRulerBorder: colorOf('--surface'),
    black: colorOf('--term-black'),
    red: colorOf('--term-red'),
    green: colorOf('--term-green'),
    yellow: colorOf('--term-yellow'),
    blue: colorOf('--term-blue'),
    magenta: colorOf('--term-magenta'),
    cyan: colorOf('--term-cyan'),
    white: colorOf('--term-white'),
    brightBlack: colorOf('--term-bright-black'),
    brightRed: colorOf('--term-bright-red'),
    brightGreen: colorOf('--term-bright-green'),
    brightYellow: colorOf('--term-bright-yellow'),
    brightBlue: colorOf('--term-bright-blue'),
    brightMagenta: colorOf('--term-bright-magenta'),
    brightCyan: colorOf('--term-bright-cyan'),
    brightWhite: colorOf('--term-bright-white'),
  };
}
