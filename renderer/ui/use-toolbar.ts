import { type KeyboardEvent, type RefObject, useCallback, useLayoutEffect, useRef } from 'react';

export interface Toolbar<T extends HTMLElement> {
  readonly ref: RefObject<T | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const STEPS: Readonly<Record<string, 'next' | 'previous' | 'first' | 'last'>> = {
  ArrowRight: 'next',
  ArrowDown: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'previous',
  Home: 'first',
  End: 'last',
};

/**
 * One stop for the Tab key among the members that the selector finds; the arrow keys, Home and End go from one to the next
 * (the roving tabindex of the ARIA practices).
 */
export function useToolbar<T extends HTMLElement>(selector: string): Toolbar<T> {
  const ref = useRef<T>(null);
  const members = useCallback(
    (): HTMLElement[] => [...(ref.current?.querySelectorAll<HTMLElement>(selector) ?? [])],
    [selector],
  );
  useLayoutEffect(() => {
    // After every rendering: members come and go, and one of them is always the stop.
    const all = members();
    const stop = all.find((one) => one === document.activeElement) ?? all.find((one) => one.tabIndex === 0) ?? all[0];
    for (const one of all) one.tabIndex = one === stop ? 0 : -1;
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = members();
    const at = all.findIndex((one) => one === event.target);
    const step = STEPS[event.key];
    if (at === -1 || step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = all.length - 1;
    const to = { next: at === last ? 0 : at + 1, previous: at === 0 ? last : at - 1, first: 0, last }[step];
    event.preventDefault();
    for (const [index, one] of all.entries()) one.tabIndex = index === to ? 0 : -1;
    all[to]?.focus();
  };
  return { ref, onKeyDown };
}
