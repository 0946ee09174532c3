import type { Member } from '../../../schema/contract/contract.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Caller } from './context.ts';

/** Text that comes in pieces: a secret that is split across them is found all the same. */
export interface TextStream {
  push(chunk: string): string;
  end(): string;
}

/** Port: what takes secrets out of what leaves the kernel. */
export interface Redaction {
  redact(text: string): string;
  redactValue(value: unknown): unknown;
  stream(): TextStream;
}

/** The person at the keyboard sees what is there; agents, plugins and keys of the gateway do not (policy.md, Redaction). */
export function seesEverything({ actor }: Caller): boolean {
  return actor === 'operator' || actor === 'kernel';
}

export function redactedFault(fault: Fault, redaction: Redaction): Fault {
  // A fault's shape is made of text and of plain data, and stays so.
  return Fault.fromShape(redaction.redactValue(fault.toShape()) as ReturnType<Fault['toShape']>);
}

/** An answer for a caller that must not see secrets, but for those that were made for it by this very call. */
export function redactedAnswer(
  { reveals = [] }: Pick<Member, 'reveals'>,
  output: unknown,
  redaction: Redaction,
): unknown {
  const redacted = redaction.redactValue(output);
  if (reveals.length === 0 || !isObject(output) || !isObject(redacted)) return redacted;
  return { ...redacted, ...Object.fromEntries(Object.entries(output).filter(([name]) => reveals.includes(name))) };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

interface TextEvent {
  readonly type: 'output';
  readonly text: string;
}

function isTextEvent(event: unknown): event is TextEvent {
  return (
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    event.type === 'output' &&
    'text' in event &&
    typeof event.text === 'string'
  );
}

interface BytesEvent {
  readonly type: 'output';
  readonly stream: string;
  readonly base64: string;
}

function isBytesEvent(event: unknown): event is BytesEvent {
  return (
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    event.type === 'output' &&
    'stream' in event &&
    typeof event.stream === 'string' &&
    'base64' in event &&
    typeof event.base64 === 'string'
  );
}

/** Events for a caller that must not see secrets. Output that comes in pieces is held back by as much as a secret could still begin. */
export async function* redactedEvents(events: AsyncIterable<unknown>, redaction: Redaction): AsyncGenerator<unknown> {
  let text: TextStream | undefined;
  const bytes = new Map<string, TextStream>();
  const rest = function* (): Generator<unknown> {
    const left = text?.end() ?? '';
    text = undefined;
    if (left !== '') yield { type: 'output', text: left };
    for (const [stream, pieces] of bytes) {
      const end = pieces.end();
      if (end !== '') yield { type: 'output', stream, base64: Buffer.from(end, 'latin1').toString('base64') };
    }
    bytes.clear();
  };
  for await (const event of events) {
    if (isTextEvent(event)) {
      text ??= redaction.stream();
      const ready = text.push(event.text);
      if (ready !== '') yield { ...event, text: ready };
    } else if (isBytesEvent(event)) {
      // One character a byte: what secrets are made of is ASCII, and every other byte comes out as it went in.
      const pieces = bytes.get(event.stream) ?? redaction.stream();
      bytes.set(event.stream, pieces);
      const ready = pieces.push(Buffer.from(event.base64, 'base64').toString('latin1'));
      if (ready !== '') yield { ...event, base64: Buffer.from(ready, 'latin1').toString('base64') };
    } else {
      yield* rest();
      yield redaction.redactValue(event);
    }
  }
  yield* rest();
}
