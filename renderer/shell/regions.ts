const REGION = '[data-region]';
const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]:not([tabindex="-1"])';

/** Where the focus was in each part of the window, so that coming back is coming back there. */
const lastFocus = new WeakMap<Element, HTMLElement>();

/** Remembers it from now on, until it is called off. */
export function rememberFocus(): () => void {
  const onFocus = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return;
    const region = target.closest(REGION);
    if (region !== null) lastFocus.set(region, target);
  };
  document.addEventListener('focusin', onFocus);
  return () => document.removeEventListener('focusin', onFocus);
}

/** Moves the focus to the next part of the window that can take it: the rail, the work, the status bar, what speaks up in the corner. */
export function focusNextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>(REGION)].filter((one) => targetIn(one) !== undefined);
  const current = regions.findIndex((one) => one.contains(document.activeElement));
  const start = current === -1 && step === -1 ? 0 : current;
  const next = regions[(start + step + regions.length) % regions.length];
  if (next) targetIn(next)?.focus();
}

/** A panel's code is loaded when it is first shown. */
const PANEL_TIMEOUT_MS = 3_000;

/** Puts the focus into a session's panel as soon as it is there. */
export function focusPanel(name: string, deadlineMs = performance.now() + PANEL_TIMEOUT_MS): void {
  const panel = document.querySelector<HTMLElement>(`.dock .panel[data-view="${name}"]`);
  const isSeen = panel?.checkVisibility() === true;
  const target = isSeen ? (panel.querySelector<HTMLElement>('[data-first-focus]') ?? targetIn(panel)) : undefined;
  if (target !== undefined) target.focus();
  else if (performance.now() < deadlineMs) requestAnimationFrame(() => focusPanel(name, deadlineMs));
}

function targetIn(region: HTMLElement): HTMLElement | undefined {
  const former = lastFocus.get(region);
  if (former !== undefined && region.contains(former) && former.checkVisibility()) return former;
  return [...region.querySelectorAll<HTMLElement>(FOCUSABLE)].find((one) => one.checkVisibility());
}
