import { createHmac } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';

/** What makes a request of ours one that only the holder of the secret could have made (spec: gateway.md, Keys). */
export function signedHeaders(secret: Secret, body: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac('sha256', secret.reveal()).update(`${timestamp}.${body}`, 'utf8').digest('base64');
  return {
    'Content-Type': 'application/json',
    'X-Cave-Webhook-Timestamp': timestamp,
    'X-Cave-Webhook-Signature': signature,
  };
}
