import type { CSSProperties } from 'react';

const STEP_PX = 14;

/** How far a row of a tree stands in. */
export function indentOf(depth: number): CSSProperties {
  return depth === 0 ? {} : { paddingLeft: `calc(var(--space-3) + ${depth * STEP_PX}px)` };
}
