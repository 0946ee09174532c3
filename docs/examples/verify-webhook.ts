import { createHmac, timingSafeEqual } from 'node:crypto';

/** Older or newer than this is refused, whoever signed it. */
const TOLERANCE_SECONDS = 5 * 60;

export interface Delivery {
  /** The body as it came, before anything parses it. */
  readonly body: string;
  /** `X-Cave-Webhook-Timestamp` */
  readonly timestamp: string | undefined;
  /** `X-Cave-Webhook-Signature` */
  readonly signature: string | undefined;
}

export type Verdict = 'genuine' | 'forged' | 'stale' | 'replayed';

/** A receiver of Cavern's webhook, without any package: one for each secret, kept as long as the process lives. */
export function webhookVerifier(secret: string, nowSeconds = (): number => Date.now() / 1000) {
  /** Signatures that were taken, with when they may be forgotten: no later than they would be stale. */
  const taken = new Map<string, number>();
  return function verifyWebhook({ body, timestamp = '', signature = '' }: Delivery): Verdict {
    const expected = createHmac('sha256', secret).update(`${timestamp}.${body}`, 'utf8').digest();
    const shown = Buffer.from(signature, 'base64');
    // Both are 32 bytes from here on, so that the time it takes says nothing about where they differ.
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) return 'forged';
    const now = nowSeconds();
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) return 'stale';
    for (const [old, until] of taken) if (until < now) taken.delete(old);
    // The signature's bytes, not its text: base64 can be written in more than one way.
    const name = shown.toString('base64');
    if (taken.has(name)) return 'replayed';
    taken.set(name, Number(timestamp) + TOLERANCE_SECONDS);
    return 'genuine';
  };
}
