import { Fault } from '../../../schema/fault.ts';

interface EngineError {
  readonly code: string | undefined;
  readonly statusCode: number | undefined;
  readonly text: string;
}

const GONE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH']);

/** Reads what dockerode threw: an answer with a status, or a failed connection. */
export function engineError(thrown: unknown): EngineError {
  const fields = typeof thrown === 'object' && thrown !== null ? thrown : {};
  const code = 'code' in fields && typeof fields.code === 'string' ? fields.code : undefined;
  const statusCode = 'statusCode' in fields && typeof fields.statusCode === 'number' ? fields.statusCode : undefined;
  const json: unknown = 'json' in fields ? fields.json : undefined;
  const own: unknown = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined;
  const text = typeof own === 'string' ? own : thrown instanceof Error ? thrown.message : String(thrown);
  return { code, statusCode, text };
}

/** True for an answer that says the container, volume or image is not there. */
export function isAbsent(thrown: unknown): boolean {
  return engineError(thrown).statusCode === 404;
}

/** True where the engine says that it has done so already, or is doing it. */
export function isDone(thrown: unknown): boolean {
  const { statusCode, text } = engineError(thrown);
  return (
    statusCode === 304 ||
    statusCode === 409 ||
    /is not running|already in progress|can only kill running containers/.test(text)
  );
}

/** Makes a Fault of what an engine's call threw; `act` is the beginning of the sentence: `Cannot start container "x"`. */
export function engineFault(act: string, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const { code, statusCode, text } = engineError(thrown);
  if (thrown instanceof Error && thrown.name === 'TimeoutError') {
    return new Fault('engine_unavailable', `${act}: the container engine does not answer`, {
      cause: thrown,
      retryable: true,
    });
  }
  if (thrown instanceof Error && (thrown.name === 'AbortError' || code === 'ABORT_ERR')) {
    return new Fault('cancelled', `${act}: it was cancelled`, { cause: thrown });
  }
  if (code === 'EACCES' || code === 'EPERM')
    return new Fault('engine_forbidden', `${act}: no access to the container engine`, { cause: thrown });
  if (statusCode === undefined || (code !== undefined && GONE.has(code))) {
    return new Fault('engine_unavailable', `${act}: the container engine is gone`, {
      cause: thrown,
      why: text,
      retryable: true,
    });
  }
  if (statusCode === 404 && /image/i.test(text))
    return new Fault('image_missing', `${act}: the image is missing`, { cause: thrown, why: text });
  if (/no space left on device/i.test(text))
    return new Fault('disk_full', `${act}: the disk is full`, { cause: thrown, why: text });
  return new Fault('sandbox_failed', `${act}: the container engine refused`, { cause: thrown, why: text });
}
