import type { Key } from '../../../schema/contract/key.ts';
import type { Session } from '../../../schema/entities.ts';
import { parseKeyScope } from '../../../schema/key-scope.ts';
import { messages } from './messages.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A key is marked for its last week, or the last fifth of a shorter life. */
const SOON_MS = 7 * DAY_MS;
const SOON_SHARE = 5;

/** `90 days`, `12 hours`, `5 minutes`: the greatest whole unit, rounded down. */
export function timeText(durationMs: number): string {
  if (durationMs >= 2 * DAY_MS) return messages.days(Math.floor(durationMs / DAY_MS));
  if (durationMs >= HOUR_MS) return messages.hours(Math.floor(durationMs / HOUR_MS));
  if (durationMs >= MINUTE_MS) return messages.minutes(Math.floor(durationMs / MINUTE_MS));
  return messages.underMinute;
}

/** What a key opens, in words. */
export function scopeText(text: string): string {
  const scope = parseKeyScope(text);
  switch (scope?.kind) {
    case 'admin':
      return messages.everything;
    case 'namespace':
      return messages.namespace(scope.namespace);
    case 'session':
      return messages.session(scope.session);
    case 'model':
      return messages.model(scope.model);
    default:
      return text;
  }
}

/** What a key opens, its session by the name that people know it by. */
export function namedScopeText(text: string, sessions: readonly Pick<Session, 'id' | 'name'>[]): string {
  const scope = parseKeyScope(text);
  const session = scope?.kind === 'session' ? sessions.find(({ id }) => id === scope.session) : undefined;
  return session === undefined ? scopeText(text) : messages.session(session.name);
}

/** The state by the clock of the window: a key that is shown may expire while one looks. */
export function stateAt({ state, expiresAt }: Key, nowMs: number): Key['state'] {
  return state === 'active' && expiresAt <= nowMs ? 'expired' : state;
}

/** True for a key that is good and will not be for much longer. */
export function endsSoon(key: Key, nowMs: number): boolean {
  if (stateAt(key, nowMs) !== 'active') return false;
  const lifetimeMs = key.expiresAt - key.issuedAt;
  return key.expiresAt - nowMs <= Math.min(SOON_MS, lifetimeMs / SOON_SHARE);
}

/** The keys to show: those in force, and on request those that have ended. */
export function shownKeys(keys: readonly Key[], which: 'in force' | 'all', nowMs: number): readonly Key[] {
  return which === 'all' ? keys : keys.filter((key) => stateAt(key, nowMs) === 'active');
}
