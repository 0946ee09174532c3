import { Fault } from '../../../schema/fault.ts';

/** There is none, it has expired, or it was rotated or revoked. */
export function noSuchKey(act: 'rotate' | 'revoke', id: string): Fault {
  return new Fault('not_found', `Cannot ${act} the key "${id}": no key of that name is in force`, {
    fix: 'See which there are: cavern key list',
  });
}

export function webhookWithoutSecret(id: string): Fault {
  return new Fault('webhook_without_secret', `Cannot rotate the key "${id}": the webhook has no secret`, {
    why: 'Its rotation has to be told, and what is told has to be signed. The key stays valid.',
    fix: 'Give it one, or switch the webhook off: cavern key webhook',
  });
}

export function wrongInput(pointer: string, message: string): Fault {
  return new Fault('invalid_input', `Cannot issue a key: ${message}`, { data: { errors: [{ pointer, message }] } });
}
