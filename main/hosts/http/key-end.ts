import { Fault } from '../../../schema/fault.ts';
import type { Request } from '../../kernel/dispatch/dispatch.ts';
import type { ServeOptions } from '../../kernel/dispatch/serve-channel.ts';
import type { Authentication } from '../../kernel/keys/authentication.ts';

export interface KeyStreamOptions {
  readonly dispatch: Pick<ServeOptions['dispatch'], 'stream'>;
  readonly authentication: Pick<Authentication, 'onEnd'>;
  readonly keyId: string;
}

/** What a client is told whose key ended while it was connected. */
export function keyEnded(): Fault {
  return new Fault('unauthenticated', 'Cannot go on: the key has ended', {
    why: 'It was rotated or revoked, or its time is over.',
    fix: 'Connect again with a key that is good.',
  });
}

/** The events of a call for as long as the key is good that it came with. @throws Fault `unauthenticated` when it ends, and what the call throws */
export async function* streamOfKey(
  { dispatch, authentication, keyId }: KeyStreamOptions,
  call: Request,
): AsyncGenerator<unknown, void, undefined> {
  const ended = new AbortController();
  using _watch = authentication.onEnd(keyId, () => ended.abort());
  try {
    yield* dispatch.stream({ ...call, signal: AbortSignal.any([call.signal, ended.signal]) });
  } catch (thrown) {
    throw ended.signal.aborted ? keyEnded() : thrown;
  }
  if (ended.signal.aborted) throw keyEnded();
}
