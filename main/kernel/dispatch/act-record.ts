import type { ActId } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import type { Member } from '../../../schema/contract/contract.ts';
import type { PolicyCall } from '../../../schema/policy.ts';
import { fixedData } from '../audit/canonical-data.ts';
import type { ActRequest, Gate } from './gate.ts';
import { isKeyCaller } from './key-reach.ts';
import type { ActRecord } from './ports.ts';

const SUMMARY_SOURCE_LIMIT = 65_536;
const SUMMARY_LIMIT = 500;
/** A merge of thousands of files is judged whole and kept in part. */
const JUDGED_LIMIT = 20;

/** Redacts first and cuts then, so that no half of a secret survives at the edge; texts before JSON escapes what is in them. */
export function summarise(value: unknown, redact: (text: string) => string): string {
  const clean = (_name: string, inner: unknown): unknown =>
    typeof inner === 'string' ? redact(inner.slice(0, SUMMARY_SOURCE_LIMIT)) : inner;
  const text = typeof value === 'string' ? value : (JSON.stringify(value, clean) ?? '');
  const redacted = redact(text.slice(0, SUMMARY_SOURCE_LIMIT));
  // As long in units as it may be in characters at most: there is nothing to cut.
  if (redacted.length <= SUMMARY_LIMIT) return redacted;
  return Array.from(redacted).slice(0, SUMMARY_LIMIT).join('');
}

export function isRecorded(member: Member): boolean {
  return member.effect !== 'read' && member.record !== 'parent';
}

/** What comes with a key is attributed to it also where it only reads. */
export function isUseRecorded({ member, caller }: Pick<ActRequest, 'member' | 'caller'>): boolean {
  return isRecorded(member) || (isKeyCaller(caller) && member.record !== 'parent');
}

/** Without the session: whose it is says nothing of the key. */
export function recordForeign(
  gate: Gate,
  { method, caller }: ActRequest,
  { act, fault }: { act: ActId; fault: Fault },
): void {
  const reason = summarise(`${fault.code}: ${fault.why ?? fault.message}`, gate.redact);
  gate.audit.record({
    type: 'call_decided',
    act,
    actor: caller.actor,
    decision: 'deny',
    reason,
    data: { call: method },
  });
}

/** Gives a promise where the record has to be on disk before the act begins. */
export function recordDecision(gate: Gate, request: ActRequest, record: ActRecord): Promise<unknown> | undefined {
  const mustBeOnDisk = request.member.effect === 'grant' && record.decision === 'allow';
  if (mustBeOnDisk && (gate.audit.writable || request.member.always !== true)) return gate.audit.append(record);
  gate.audit.record(record);
  return undefined;
}

/** Of calls that are about nothing but themselves: for each list of tags that stays the same, as a key's does. */
const plainData = new WeakMap<readonly string[], Map<string, Record<string, unknown>>>();

/** What a record keeps of the calls, so that another policy can be tried on them (policy.md, Changing the policy). */
export function judgedData(
  method: string,
  calls: readonly PolicyCall[],
  redact: (text: string) => string,
): Record<string, unknown> {
  const [first] = calls;
  if (first === undefined || calls.length > 1 || !isPlain(first, method)) return dataOf(method, calls, redact);
  const { tags } = first.caller;
  let known = plainData.get(tags);
  if (known === undefined) plainData.set(tags, (known = new Map<string, Record<string, unknown>>()));
  const key = `${method} ${first.session.mode} ${first.session.state}`;
  let data = known.get(key);
  if (data === undefined) known.set(key, (data = fixedData(dataOf(method, calls, redact))));
  return data;
}

/** Whether the caller's tags, the call's name and the session's state are all there is to say of it. */
function isPlain({ syscall, caller, path, resolvedPath, tool, template, size }: PolicyCall, method: string): boolean {
  const about = path ?? resolvedPath ?? tool ?? template ?? size;
  return about === undefined && syscall === method && Object.isFrozen(caller.tags);
}

function dataOf(
  method: string,
  calls: readonly PolicyCall[],
  redact: (text: string) => string,
): Record<string, unknown> {
  const [first] = calls;
  const subjects = calls.slice(0, JUDGED_LIMIT).map(({ caller: _caller, session: _session, at: _at, ...subject }) => ({
    ...subject,
    ...(subject.path === undefined ? {} : { path: redact(subject.path) }),
    ...(subject.resolvedPath === undefined ? {} : { resolvedPath: redact(subject.resolvedPath) }),
  }));
  return { call: method, judged: { tags: [...(first?.caller.tags ?? [])], ...first?.session, subjects } };
}
