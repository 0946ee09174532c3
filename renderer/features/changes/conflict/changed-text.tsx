import { presentableDiff } from '@codemirror/merge';
import { useMemo } from 'react';

const SCAN_LIMIT = 500;

/** A text with what is new in it marked, by word. */
export function ChangedText({ base, text }: { readonly base: string; readonly text: string }) {
  const parts = useMemo(() => partsOf(base, text), [base, text]);
  return parts.map(({ from, part, isNew }) =>
    isNew ? <mark key={from}>{part}</mark> : <span key={from}>{part}</span>,
  );
}

function partsOf(base: string, text: string): { from: number; part: string; isNew: boolean }[] {
  const changes = base === text ? [] : presentableDiff(base, text, { scanLimit: SCAN_LIMIT });
  const parts: { from: number; part: string; isNew: boolean }[] = [];
  let at = 0;
  for (const { fromB, toB } of changes) {
    if (fromB > at) parts.push({ from: at, part: text.slice(at, fromB), isNew: false });
    if (toB > fromB) parts.push({ from: fromB, part: text.slice(fromB, toB), isNew: true });
    at = toB;
  }
  if (at < text.length) parts.push({ from: at, part: text.slice(at), isNew: false });
  return parts;
}
