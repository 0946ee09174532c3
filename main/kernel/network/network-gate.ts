import type { SandboxId } from '../../../schema/entities.ts';
import type { Secret } from '../../base/secret.ts';

/** What a sandbox asks its proxy for, before anything is resolved. */
export interface ConnectAttempt {
  readonly sandbox: SandboxId;
  /** `CONNECT`, or the method of a plain HTTP request. */
  readonly method: string;
  /** In lower case, without a final dot; an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
  /** The name of the secret that would be put into it. */
  readonly secret?: string;
}

/** A secret that stays outside: the proxy puts it into the requests to one origin. */
export interface Credential {
  readonly secret: string;
  readonly header: string;
  readonly value: Secret;
  /** `tls`: what is asked for plainly inside goes out encrypted. */
  readonly transport: 'tls' | 'plain';
  /** Of the origin. */
  readonly port: number;
}

/** What went through a connection. */
export interface ConnectOutcome {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Of the answer to a plain HTTP request. */
  readonly status?: number;
  /** Why it ended, where it did not end by itself. */
  readonly reason?: string;
}

/** A connection that the policy allows. Whoever holds it says what became of it, so that the audit has it. */
export interface ConnectPermit {
  readonly allowed: true;
  /** True for an address that the policy lists itself, private or not. `address` as `ConnectAttempt.host`. */
  isNamed(address: string): boolean;
  /** Connected, to this address and no other. */
  opened(address: string): void;
  /** After `opened`. */
  ended(outcome: ConnectOutcome): void;
  /** In place of `opened`: it came to nothing. */
  refused(reason: string): void;
}

export interface ConnectRefusal {
  readonly allowed: false;
  readonly reason: string;
}

/** Judges what sandboxes ask their proxies for, and records it. */
export interface NetworkGate {
  /** What was handed in for plain requests to this host and port; to be judged with the attempt. */
  credential(sandbox: SandboxId, host: string, port: number): Credential | undefined;
  judge(attempt: ConnectAttempt): Promise<ConnectPermit | ConnectRefusal>;
  /** Records what never became an attempt: a request that is none, too many connections, a stranger. */
  refuse(sandbox: SandboxId, reason: string): void;
}
