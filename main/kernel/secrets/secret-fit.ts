import type { SecretForm } from '../../../schema/contract/secret.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Secret } from '../../base/secret.ts';
import { isReservedVariable } from '../sandboxes/reserved-variables.ts';

/** Headers that say where a message goes and where it ends are the proxy's. */
const NEVER_SET = /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/i;

/** @throws Fault `secret_unfit` where a secret cannot be given in this form */
export function checkFit(name: string, as: SecretForm, value: Secret): void {
  const problem = problemOf(as, value);
  if (problem !== undefined) throw new Fault('secret_unfit', `Cannot hand in the secret "${name}": ${problem}`);
}

function problemOf(as: SecretForm, value: Secret): string | undefined {
  switch (as.kind) {
    case 'variable':
      if (isReservedVariable(as.variable)) return `the variable ${as.variable} is Cavern's own`;
      return value.reveal().includes('\0') ? 'a variable cannot hold the character 0' : undefined;
    case 'file':
      return undefined;
    case 'header':
      if (NEVER_SET.test(as.header ?? '')) return `the header ${as.header} is the proxy's own`;
      return /^[\t -~]*$/.test(value.reveal()) || as.user !== undefined
        ? undefined
        : 'a header can hold letters, digits and signs of ASCII only';
  }
}

/** The whole value of the header. */
export function headerValue(as: Extract<SecretForm, { kind: 'header' }>, value: Secret): string {
  if (as.user !== undefined) return `Basic ${Buffer.from(`${as.user}:${value.reveal()}`, 'utf8').toString('base64')}`;
  const scheme = as.scheme ?? (as.header === undefined ? 'Bearer' : undefined);
  return scheme === undefined ? value.reveal() : `${scheme} ${value.reveal()}`;
}
