import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Authentication, type AuthenticatedKey, isRefusal } from '../../kernel/keys/authentication.ts';
import { sendFault, sendJson } from './fault-answer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request carries; set before any handler of a route that needs one runs. */
    apiKey: AuthenticatedKey | undefined;
  }
  interface FastifyContextConfig {
    /** Needs no key. */
    open?: true;
  }
}

const BEARER = /^Bearer +([^\s,]+)$/i;

/** The token of an `Authorization` header; undefined where there is none, or something else. */
export function tokenOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
}

/** The key of a request that was let in. @throws Error for a route that needs none: it must not ask */
export function keyOf(request: FastifyRequest): AuthenticatedKey {
  if (request.apiKey === undefined) throw new Error('A route without keys asked for one');
  return request.apiKey;
}

/** Lets a request in, or answers it. @returns whether it may go on */
export function admit(authentication: Authentication, request: FastifyRequest, reply: FastifyReply): boolean {
  const answer = authentication.authenticate(tokenOf(request.headers.authorization));
  if (!isRefusal(answer)) {
    request.apiKey = answer;
    return true;
  }
  if (answer.status === 429) {
    void reply.header('retry-after', answer.retryAfterSeconds);
    sendJson(reply, 429, answer.body);
    return false;
  }
  // RFC 6750: a request without a key is told what is wanted, one with a bad key that it is bad.
  void reply.header('www-authenticate', answer.reason === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"');
  sendFault(reply, 401, {
    error: 'unauthenticated',
    message: answer.message,
    fix: 'Send a key as `Authorization: Bearer cav_…`; `cavern key issue` gives one.',
  });
  return false;
}
