import { locale } from './language.ts';

const KIB = 1024;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_S = 3600;

/** `1,200`, in German `1.200`. */
export function formatNumber(value: number): string {
  return value.toLocaleString(locale());
}

/** Made when first needed: making one takes longer than all that it then writes. */
let tenths: Intl.NumberFormat | undefined;
let rules: Intl.PluralRules | undefined;

/** With one digit after the point: `1.4`, in German `1,4`. */
function formatTenths(value: number): string {
  tenths ??= new Intl.NumberFormat(locale(), {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    useGrouping: false,
  });
  return tenths.format(value);
}

/** `812 B`, `1.4 KiB`, `23 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < KIB ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / KIB ** power;
  return `${power > 0 && value < 10 ? formatTenths(value) : Math.round(value)} ${units[power]}`;
}

/** What was measured: `84 ms`, `1.4 s`, `2 min 05 s`, `3 h 07 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10) return `${formatTenths(durationMs)} ms`;
  if (durationMs < SECOND_MS) return `${Math.round(durationMs)} ms`;
  if (durationMs < MINUTE_MS) return `${formatTenths(durationMs / SECOND_MS)} s`;
  const seconds = Math.round(durationMs / SECOND_MS);
  return seconds < HOUR_S ? twoUnits(seconds, 'min', 's') : twoUnits(Math.floor(seconds / 60), 'h', 'min');
}

/** What goes on, or comes again: `12 s`, `15 min`, `2 min 05 s`, `1 h`. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (seconds < HOUR_S) return seconds % 60 === 0 ? `${minutes} min` : twoUnits(seconds, 'min', 's');
  return minutes % 60 === 0 ? `${minutes / 60} h` : twoUnits(minutes, 'h', 'min');
}

/** `count` of the smaller unit, of which the larger has sixty. */
function twoUnits(count: number, large: string, small: string): string {
  return `${Math.floor(count / 60)} ${large} ${String(count % 60).padStart(2, '0')} ${small}`;
}

/** `14:03:09` today, `3 May 14:03` on another day; local time. */
export function formatMoment(atMs: number, nowMs: number): string {
  if (new Date(atMs).toDateString() === new Date(nowMs).toDateString()) return formatClock(atMs).slice(0, 8);
  return `${formatDay(atMs)} ${formatClock(atMs).slice(0, 5)}`;
}

/** As a moment, but to the minute: `14:03`, `3 May 14:03`. */
export function formatMinute(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? formatClock(atMs).slice(0, 5) : formatMoment(atMs, nowMs);
}

/** `3 May`, local time. */
export function formatDay(atMs: number): string {
  return new Date(atMs).toLocaleDateString(locale(), { day: 'numeric', month: 'short' });
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
  return `${formatNumber(count)} ${count === 1 ? singular : plural}`;
}

/** The form that a language has for this number; `other` where it has no form of its own. */
export function plural<Form>(
  count: number,
  forms: Partial<Record<Intl.LDMLPluralRule, Form>> & { readonly other: Form },
): Form {
  rules ??= new Intl.PluralRules(locale());
  return forms[rules.select(count)] ?? forms.other;
}
