import type { ActId, ApprovalId, SessionId } from '../../../../schema/entities.ts';
import type { Wish } from '../../../../schema/contract/window.ts';

/** More than the longest good link. */
const LINK_LIMIT = 64;
const ID = '[a-z0-9][a-z0-9-]{0,31}';
const LINK = new RegExp(`^cavern://(session|approval|audit)/(${ID})$`);

/** True for what the desktop hands over as a link of ours, whether it is a good one or not. */
export function isDeepLink(text: string): boolean {
  return /^cavern:/i.test(text);
}

/**
 * What a link asks to be shown; undefined for everything that is not exactly of one of three forms. Links come from web pages and
 * mails: one can have something shown, after the person said yes, and nothing done.
 */
export function parseDeepLink(text: string): Wish | undefined {
  if (text.length > LINK_LIMIT) return undefined;
  const [, kind, id = ''] = LINK.exec(text) ?? [];
  // The form of an id was just checked; the brands exist for the compiler only.
  if (kind === 'session') return { show: kind, session: id as SessionId };
  if (kind === 'approval') return { show: kind, approval: id as ApprovalId };
  return kind === 'audit' ? { show: kind, act: id as ActId } : undefined;
}
