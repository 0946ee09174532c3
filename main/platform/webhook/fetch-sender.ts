import type { WebhookSender } from '../../kernel/keys/ports.ts';

const ANSWER_WITHIN_MS = 10_000;

/** Sends over HTTP. A redirection is an answer like any other: what is signed for one address goes to no other. */
export const fetchSender: WebhookSender = {
  async post({ url, headers, body }, signal) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      await answer.body?.cancel();
      return answer.status;
    } catch (thrown) {
      // What fetch throws says only that it failed; why lies below.
      const why = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
      throw why;
    }
  },
};
