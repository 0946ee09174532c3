import type { FastifyReply } from 'fastify';
import type { TSchema } from 'typebox';
import { Fault, toFault } from '../../../schema/fault.ts';
import { statusOf } from '../../../schema/http/fault-status.ts';
import type { HttpFault } from '../../../schema/http/http-fault.ts';
import { wirePointer } from '../../../schema/http/wire-names.ts';

/** What an answer says of a failure, and with which status. */
export interface FaultAnswer {
  readonly status: number;
  readonly body: HttpFault;
}

interface InputError {
  readonly pointer: string;
  readonly message: string;
}

/** Where the input of a call came from, and its schema: names in messages are those that the caller wrote. */
export interface InputPlace {
  readonly from: 'address' | 'body';
  readonly schema: TSchema;
}

const NO_INPUT: InputPlace = { from: 'body', schema: {} };

/** Turns whatever was thrown into an answer; nothing of an unknown error gets out. */
export function faultAnswer(thrown: unknown, place: InputPlace = NO_INPUT): FaultAnswer {
  const fault = transportFault(thrown) ?? toFault(thrown);
  const { code, message, why, fix, data } = fault;
  const errors = errorsOf(data);
  const decision = decisionOf(data);
  return {
    status: BAD_REQUESTS.has(code) ? 400 : statusOf(code, place.from),
    body: {
      error: BAD_REQUESTS.has(code) ? 'invalid_input' : code,
      message: errors === undefined ? message : withWireNames(message, place.schema),
      ...(why === undefined ? {} : { why }),
      ...(fix === undefined ? {} : { fix }),
      ...(errors === undefined
        ? {}
        : {
            errors: errors.map((error) => ({
              pointer: wirePointer(error.pointer, place.schema),
              message: withWireNames(error.message, place.schema),
            })),
          }),
      ...(decision === undefined ? {} : { decision }),
    },
  };
}

/** A request that is none: the contract has no code for it, as no other front can send one. */
const MALFORMED = 'malformed_request';
const BAD_REQUESTS: ReadonlySet<string> = new Set([MALFORMED]);

/** A request that cannot be read. */
export function malformed(state: string): Fault {
  return new Fault(MALFORMED, `Cannot read the request: ${state}`);
}

/** Fastify's own errors carry a code and a status; each has its sentence here, so that none of their texts gets out. */
function transportFault(thrown: unknown): Fault | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || thrown instanceof Fault) return undefined;
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Fault('body_too_large', 'Cannot read the request: its body is too large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_CONTENT_TYPE':
      return new Fault('not_json', 'Cannot read the request: its body is not of type application/json');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return malformed('its body is not as long as it says');
    case 'FST_ERR_BAD_URL':
      return malformed('its address is not one');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Fault('not_found', 'Cannot find it: no name is as long');
    default:
      return undefined;
  }
}

function errorsOf(data: unknown): readonly InputError[] | undefined {
  if (typeof data !== 'object' || data === null || !('errors' in data) || !Array.isArray(data.errors)) return undefined;
  return data.errors.map((error: unknown): InputError => {
    const { pointer, message }: Record<string, unknown> = { ...(typeof error === 'object' ? error : {}) };
    return {
      pointer: typeof pointer === 'string' ? pointer : '',
      message: typeof message === 'string' ? message : 'is wrong',
    };
  });
}

function decisionOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'decision' in data ? data.decision : undefined;
}

/** `must have required property 'timeoutMs'` names what the caller knows as `timeout_ms`; `/timeoutMs must be …` as well. */
function withWireNames(message: string, schema: TSchema): string {
  return message.replaceAll(/(?<=['/])[A-Za-z0-9]+/g, (name) => wirePointer(name, schema));
}

/** Sends a JSON document. */
export function sendJson(reply: FastifyReply, status: number, body: unknown): void {
  void reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

/** Sends a failure. */
export function sendFault(reply: FastifyReply, status: number, body: HttpFault): void {
  sendJson(reply, status, body);
}
