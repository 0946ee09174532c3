import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { Fault } from '../../../schema/fault.ts';
import type { ContainerEvent } from '../../kernel/sandboxes/container-runtime.ts';
import type { EngineDialect } from './engine-dialect.ts';

/** Reads an engine's events, one JSON object a line. Throws `engine_unavailable` when the stream ends although nobody stopped it. */
export async function* readEvents(
  source: NodeJS.ReadableStream,
  dialect: EngineDialect,
  signal: AbortSignal,
): AsyncGenerator<ContainerEvent, void, undefined> {
  const text = new PassThrough();
  const stop = (): void => {
    // The stream of an HTTP answer; ending it closes the connection.
    if ('destroy' in source && typeof source.destroy === 'function') source.destroy();
    text.end();
  };
  source.on('error', () => text.end());
  source.on('close', () => text.end());
  source.pipe(text);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
      const event = parseEvent(line, dialect);
      if (event) yield event;
    }
    if (!signal.aborted)
      throw new Fault('engine_unavailable', 'Cannot follow the container engine: it is gone', { retryable: true });
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** undefined for what is of no interest here. */
export function parseEvent(line: string, dialect: EngineDialect): ContainerEvent | undefined {
  const parsed: unknown = parseJson(line);
  if (!isRecord(parsed)) return undefined;
  const actor = parsed['Actor'];
  const attributes = isRecord(actor) ? actor['Attributes'] : undefined;
  const container = isRecord(actor) ? actor['ID'] : parsed['id'];
  const name = parsed['Action'] ?? parsed['status'];
  const action = typeof name === 'string' ? dialect.eventAction(name) : undefined;
  if (action === undefined || typeof container !== 'string') return undefined;
  const exitText = isRecord(attributes) ? (attributes['exitCode'] ?? attributes['containerExitCode']) : undefined;
  const exitCode = typeof exitText === 'string' && /^\d+$/.test(exitText) ? Number(exitText) : undefined;
  return { action, container, ...(exitCode === undefined ? {} : { exitCode }) };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
