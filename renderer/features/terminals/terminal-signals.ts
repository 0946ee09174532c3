import { type DragEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { Settings } from '../../../schema/contract/app.ts';
import { Fault } from '../../../schema/fault.ts';
import { placeDropped } from './input/quoted-path.ts';
import { messages } from './messages.ts';
import type { TerminalProgress } from './shell-integration/progress.ts';

const BELL_MS = 220;

/** Tells what the program calls its terminal, and how far its work is in percent, from when it first said one of them. */
export function useTitle(onTitle: (title: string, percent: number | undefined) => void) {
  const [title, setTitle] = useState<string>();
  const [progress, setProgress] = useState<TerminalProgress>();
  const latest = useRef(onTitle);
  const hasSaid = useRef(false);
  useEffect(() => {
    latest.current = onTitle;
  });
  const percent = progress?.state === 'running' ? progress.percent : undefined;
  useEffect(() => {
    hasSaid.current ||= title !== undefined || percent !== undefined;
    if (hasSaid.current) latest.current(title ?? '', percent);
  }, [title, percent]);
  return { progress, setTitle, setProgress };
}

/** True for a moment after a program rang. */
export function useBell(bell: Settings['terminalBell']) {
  const [ringing, setRinging] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ring = useCallback(() => {
    if (bell === 'none') return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setRinging(false), BELL_MS);
    setRinging(true);
  }, [bell]);
  return { ringing, ring };
}

export interface DropOptions {
  readonly workspace: string;
  /** Paths as words of a shell. */
  readonly onWords: (words: string) => void;
  readonly onRefused: (thrown: unknown) => void;
}

/** Files that are dropped: those of the workspace are named, for others it is said why not. Nothing is read of either. */
export function useDrop({ workspace, onWords, onRefused }: DropOptions) {
  return {
    onDragOver(event: DragEvent): void {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    },
    onDrop(event: DragEvent): void {
      const files = [...event.dataTransfer.files];
      if (files.length === 0) return;
      event.preventDefault();
      const { words, outside } = placeDropped(
        files.map((file) => window.cavern.pathOf(file)),
        workspace,
      );
      if (words.length > 0) onWords(`${words.join(' ')} `);
      if (outside.length === 0) return;
      const { message, why, fix } = messages.outside(outside);
      onRefused(new Fault('not_found', message, { why, fix }));
    },
  };
}
