import { randomBytes } from 'node:crypto';
import type { ProtocolResponse } from 'electron';
import type { Settings } from '../../../../schema/contract/app.ts';
import { pageAnswer } from '../app-protocol.ts';
import { desktopMessages } from '../messages/desktop-messages.ts';

export interface PageCrash {
  /** As Electron names it. */
  readonly reason: string;
  readonly exitCode: number;
  /** Where the report lies; undefined where none was written. */
  readonly report: string | undefined;
  /** The address of the window's own page, to load again. */
  readonly again: string;
}

export const CRASH_PATH = '/crashed.html';

/** The colours of the window (renderer/ui/tokens.css), which this page cannot have: it must work when nothing else does. */
const STYLE = `
:root { font: 13px/1.45 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; box-sizing: border-box; padding: 24px;
  color: light-dark(#1b2028, #e4e7ec); background: light-dark(#ffffff, #16181d); }
main { max-width: 560px; }
h1 { margin: 0 0 12px; font-size: 20px; }
p { margin: 0 0 12px; }
code { display: block; margin-top: 4px; padding: 8px; border-radius: 4px; overflow-wrap: anywhere; user-select: all;
  font: 12px/1.45 "DejaVu Sans Mono", monospace; background: light-dark(#f5f6f8, #111317); }
nav { display: flex; gap: 8px; margin-top: 20px; }
a { padding: 5px 12px; border: 1px solid light-dark(#868d9b, #6d7583); border-radius: 6px; text-decoration: none;
  color: inherit; }
a:first-child { border-color: transparent; color: light-dark(#ffffff, #0d1220);
  background: light-dark(#2f5bd7, #8aa8ff); }
a:focus-visible { outline: 2px solid light-dark(#2f5bd7, #8aa8ff); outline-offset: 2px; }
.muted { color: light-dark(#555d6b, #a2a9b5); }
`;

/** What the window shows after its page crashed: what, why, what to do. Two links and no script. */
export function crashPage(
  crash: PageCrash,
  { language, theme }: Pick<Settings, 'language' | 'theme'>,
): ProtocolResponse {
  const { crash: words } = desktopMessages(language);
  const scheme = theme === 'light' || theme === 'dark' ? theme : 'light dark';
  const reasons: Readonly<Record<string, string>> = words.reasons;
  const why = `${reasons[crash.reason] ?? words.reasons.other} ${words.exitCode(crash.exitCode)}`;
  const nonce = randomBytes(16).toString('base64');
  const logs = `${crash.again}${crash.again.includes('?') ? '&' : '?'}view=logs`;
  const report =
    crash.report === undefined ? '' : `<p class="muted">${text(words.report)}<code>${text(crash.report)}</code></p>`;
  const html = `<!doctype html>
<html lang="${language}" style="color-scheme: ${scheme}"><head><meta charset="utf-8"><title>${text(words.title)}</title>
<style nonce="${nonce}">${STYLE}</style></head>
<body><main><h1>${text(words.what)}</h1><p>${text(why)}</p><p>${text(words.kept)}</p><p>${text(words.fix)}</p>${report}
<nav><a href="${text(crash.again)}" autofocus>${text(words.reload)}</a><a href="${text(logs)}">${text(words.logs)}</a></nav>
</main></body></html>`;
  return pageAnswer(html, nonce);
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
