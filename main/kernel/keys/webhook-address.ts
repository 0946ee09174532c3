import { Fault } from '../../../schema/fault.ts';

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws Fault `webhook_invalid` for an address that what is told must not go to in the clear, or that holds a password */
export function checkWebhookUrl(text: string): void {
  const problem = URL.canParse(text) ? problemOf(new URL(text)) : 'it is no address';
  if (problem === undefined) return;
  throw new Fault('webhook_invalid', `Cannot set the webhook: ${problem}`, {
    fix: 'Give an https: address, or an http: one on this machine.',
  });
}

function problemOf({ protocol, hostname, username, password }: URL): string | undefined {
  if (username !== '' || password !== '') return 'its address holds a name or a password, which would be shown';
  if (protocol === 'https:' || (protocol === 'http:' && THIS_MACHINE.has(hostname))) return undefined;
  return protocol === 'http:'
    ? 'what is told would go over the network in the clear'
    : `${protocol} is no way to tell it`;
}
