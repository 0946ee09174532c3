import Type, { type Static, type TSchema } from 'typebox';
import type { AuditType } from '../audit-record.ts';
import { ApprovalId, TimeMs } from '../entities.ts';
import type { HttpBinding } from './http-binding.ts';

/** `read` changes nothing; `write` changes something; `grant` gives somebody a right and is on disk before it happens. */
export type Effect = 'read' | 'write' | 'grant';

interface MemberSpec {
  /** One sentence in the imperative; it becomes the help text, the OpenAPI summary and the MCP description. */
  readonly about: string;
  readonly effect: Effect;
  /** `parent`: part of an act that has records of its own (a key stroke in an opened terminal); judged, but not recorded one by one. */
  readonly record?: 'parent';
  /** Members of the input that no record, question or log may hold. */
  readonly conceals?: readonly string[];
  /** Members of the output that are a secret made for this caller: they reach it as they are, and are redacted everywhere else. */
  readonly reveals?: readonly string[];
  /**
   * Kinds of API keys that may make this call beside admin keys, about what is theirs: the input has to name it (`namespace`,
   * `session` or `terminal`). `any`: the call is about nobody's in particular. Absent: admin keys only.
   */
  readonly keys?: readonly ('namespace' | 'session' | 'model')[] | 'any';
  /** What it takes away cannot be brought back: a person is asked once more before. */
  readonly irreversible?: true;
  /** The records of this act, where they are not `call_decided` and `call_finished`. */
  readonly records?: { readonly before: AuditType; readonly after: AuditType };
  /** The person at the keyboard may always do this, whatever has become of the policy or the audit log (spec: policy.md, the closed list). */
  readonly always?: true;
  /** How it is reached over HTTP; absent: not at all. */
  readonly http?: HttpBinding;
}

export interface CallSpec<I extends TSchema = TSchema, O extends TSchema = TSchema, F extends string = string>
  extends MemberSpec {
  readonly kind: 'call';
  readonly input: I;
  readonly output: O;
  readonly faults: readonly F[];
}

export interface StreamSpec<I extends TSchema = TSchema, E extends TSchema = TSchema, F extends string = string>
  extends MemberSpec {
  readonly kind: 'stream';
  /** One act that takes a while: it ends by itself, and its last event is what came of it. */
  readonly ends?: true;
  readonly input: I;
  readonly event: E;
  readonly faults: readonly F[];
}

export type Member = CallSpec | StreamSpec;

/** For `keys`: about a session, by the key of the session or of the namespace that it is in. */
export const SESSION_KEYS = ['namespace', 'session'] as const;

export interface Area<N extends string = string, M extends Record<string, Member> = Record<string, Member>> {
  readonly name: N;
  readonly members: M;
}

/** A caller that sends a key which the contract does not have is told so, instead of being half understood. */
function closed<S extends TSchema>(schema: S): S {
  return 'properties' in schema && !('additionalProperties' in schema)
    ? { ...schema, additionalProperties: false }
    : schema;
}

/** Declares a call: one request, one answer. */
export function call<I extends TSchema, O extends TSchema, F extends string>(
  spec: Omit<CallSpec<I, O, F>, 'kind'>,
): CallSpec<I, O, F> {
  return { kind: 'call', ...spec, input: closed(spec.input) };
}

/** Declares a stream: one request, events until it ends or the caller stops listening; flow-controlled on every transport. */
export function stream<I extends TSchema, E extends TSchema, F extends string>(
  spec: Omit<StreamSpec<I, E, F>, 'kind'>,
): StreamSpec<I, E, F> {
  return { kind: 'stream', ...spec, input: closed(spec.input) };
}

/** Declares an area: calls and streams under one name. A member's wire name is `<area>.<member>`. */
export function area<N extends string, M extends Record<string, Member>>(name: N, members: M): Area<N, M> {
  return { name, members };
}

/** What the implementation of one area must offer; `C` is the context that dispatch hands to every handler. */
export type Handlers<A extends Area, C> = {
  readonly [K in keyof A['members']]: A['members'][K] extends CallSpec<infer I, infer O>
    ? (input: Static<I>, context: C) => Promise<Static<O>> | Static<O>
    : A['members'][K] extends StreamSpec<infer I, infer E>
      ? (input: Static<I>, context: C) => AsyncIterable<Static<E>>
      : never;
};

/** That a call waits for a person, told to whoever made it. */
export const ReviewNotice = Type.Object({
  approval: ApprovalId,
  syscall: Type.String(),
  summary: Type.String({ description: 'What will happen, redacted' }),
  reasons: Type.Array(Type.String(), { description: 'Why a person has to look' }),
  expiresAt: TimeMs,
});
export type ReviewNotice = Static<typeof ReviewNotice>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Told when the call begins to wait for a person. The answer comes as the call's own. */
  readonly onReview?: (notice: ReviewNotice) => void;
  /** What to do when the policy wants a person's review: wait for an answer (default), give it now, or fail with `needs_review`. */
  readonly review?: 'wait' | 'approve' | 'refuse';
}

/** The typed client of a set of areas: `client.session.create({ workspace }, { signal })`. Failures are thrown as Fault. */
export type Client<T extends Record<string, Area>> = {
  readonly [N in keyof T]: {
    readonly [K in keyof T[N]['members']]: T[N]['members'][K] extends CallSpec<infer I, infer O>
      ? (input: Static<I>, options?: CallOptions) => Promise<Static<O>>
      : T[N]['members'][K] extends StreamSpec<infer I, infer E>
        ? (input: Static<I>, options?: CallOptions) => AsyncIterable<Static<E>>
        : never;
  };
};
