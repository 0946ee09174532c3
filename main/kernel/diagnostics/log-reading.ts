import type { LogFilter, LogLine } from '../../../schema/contract/diagnostics.ts';
import type { Clock } from '../../base/clock.ts';
import { pause } from '../../base/pause.ts';
import { logFilter, readLogLine } from './log-lines.ts';
import type { LogSource } from './ports.ts';

export interface LogPageOrder {
  readonly filter: LogFilter;
  readonly before: string | undefined;
  readonly limit: number;
}

/** Lines that were looked at for one answer: a filter that finds nothing does not read for ever. */
const LOOKED_AT_LIMIT = 50_000;
const FOLLOW_EVERY_MS = 500;

/** The last lines before a place that the filter wants, the oldest first, and where to go on. */
export async function logPage(
  source: LogSource,
  { filter, before, limit }: LogPageOrder,
  signal: AbortSignal,
): Promise<{ lines: LogLine[]; before: string | null }> {
  const isWanted = logFilter(filter);
  const lines: LogLine[] = [];
  let lookedAt = 0;
  for await (const piece of source.back(before, signal)) {
    for (const { text, place } of piece) {
      const line = readLogLine(text);
      if (isWanted(line)) lines.push(line);
      lookedAt += 1;
      if (lines.length >= limit || lookedAt >= LOOKED_AT_LIMIT) return { lines: lines.reverse(), before: place };
    }
  }
  return { lines: lines.reverse(), before: null };
}

/** What comes from now on, until the signal aborts. */
export async function* followLog(
  source: LogSource,
  filter: LogFilter,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<{ lines: LogLine[] }, void, undefined> {
  const isWanted = logFilter(filter);
  let { place } = await source.since(undefined);
  // So that whoever follows knows from when on nothing is missed.
  yield { lines: [] };
  while (!signal.aborted) {
    const fresh = await source.since(place);
    place = fresh.place;
    const lines = fresh.lines.map(readLogLine).filter(isWanted);
    if (lines.length > 0) yield { lines };
    await pause(clock, FOLLOW_EVERY_MS, signal);
  }
}
