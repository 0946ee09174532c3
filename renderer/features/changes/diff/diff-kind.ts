import type { DiffSide } from '../../../../schema/contract/changes.ts';
import { isVeryLong } from './long-text.ts';

/** How two sides are shown: as texts, as the beginnings of long ones, as images, or by what is known of them. */
export type SidesKind = 'text' | 'long' | 'image' | 'facts';

export function kindOf(before: DiffSide, after: DiffSide): SidesKind {
  if (before.kind === 'image' && after.kind === 'image') return 'image';
  const sides = [before, after].filter((side) => side.kind !== 'absent');
  const isTextual = sides.length > 0 && sides.every((side) => side.kind === 'text' || side.kind === 'long-text');
  if (!isTextual) return 'facts';
  return sides.some((side) => side.kind === 'long-text' || ('sizeBytes' in side && isVeryLong(side))) ? 'long' : 'text';
}

export function textOf(side: DiffSide): string {
  return side.kind === 'text' ? side.text : '';
}
