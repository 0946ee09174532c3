const KIB = 1024;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** `812 B`, `1.4 KiB`, `23 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < KIB ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / KIB ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** `84 ms`, `1.4 s`, `2 min 05 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10) return `${durationMs.toFixed(1)} ms`;
  if (durationMs < SECOND_MS) return `${Math.round(durationMs)} ms`;
  if (durationMs < MINUTE_MS) return `${(durationMs / SECOND_MS).toFixed(1)} s`;
  const seconds = Math.round((durationMs % MINUTE_MS) / SECOND_MS);
  return `${Math.floor(durationMs / MINUTE_MS)} min ${String(seconds).padStart(2, '0')} s`;
}

/** `14:03:09` today, `3 May 14:03` on another day; local time. */
export function formatMoment(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  if (at.toDateString() === new Date(nowMs).toDateString()) return formatClock(atMs).slice(0, 8);
  return `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${formatClock(atMs).slice(0, 5)}`;
}

/** `14:03:09.120`, local time. */
export function formatClock(atMs: number): string {
  const time = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const millis = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${millis}`;
}

/** `1 file`, `3 files`. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? singular : plural}`;
}
