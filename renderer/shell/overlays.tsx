import { lazy, Suspense, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../app/services.tsx';
import type { Overlay } from '../app/workbench-store.ts';
import { messages } from './messages.ts';

const Palette = lazy(async () => ({ default: (await import('../features/palette/palette.tsx')).Palette }));
const KeysHelp = lazy(async () => ({ default: (await import('../features/shortcuts/keys-help.tsx')).KeysHelp }));

/** What lies over all of it; loaded when it is first asked for. */
export function Overlays({ onTool }: { readonly onTool: (tool: string) => void }) {
  const { workbench } = useServices();
  const overlay: Overlay | undefined = useStore(workbench.store, (state) => state.overlay);
  const early = useRef('');
  const [isPaletteReady, setPaletteReady] = useState(false);
  const close = (): void => {
    workbench.closeOverlay();
    early.current = '';
    setPaletteReady(false);
  };
  const takeEarly = (): string => {
    setPaletteReady(true);
    return early.current;
  };
  if (overlay === undefined) return null;
  return (
    <>
      {overlay === 'palette' && !isPaletteReady ? <EarlyText onText={(text) => (early.current = text)} /> : null}
      <Suspense fallback={null}>
        {overlay === 'palette' ? (
          <Palette takeEarly={takeEarly} onClose={close} onTool={onTool} />
        ) : (
          <KeysHelp onClose={close} />
        )}
      </Suspense>
    </>
  );
}

/** What is typed while the palette is loaded goes into it, and not into the terminal that had the focus. */
function EarlyText({ onText }: { readonly onText: (text: string) => void }) {
  return (
    <input
      className="visually-hidden"
      aria-label={messages.palette}
      autoFocus
      onChange={({ target }) => onText(target.value)}
    />
  );
}
