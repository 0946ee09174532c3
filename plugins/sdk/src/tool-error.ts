/** Codes that the SDK itself gives; a plugin adds its own, in lower case with underscores. */
export type SdkErrorCode =
  | 'invalid_input'
  | 'invalid_output'
  | 'output_limit'
  | 'cancelled'
  | 'command_missing'
  | 'workspace_escape'
  | 'symlink_loop'
  | 'not_found'
  | 'not_a_directory'
  | 'not_a_file'
  | 'not_permitted';

/** A failure that a tool tells its caller. The message says action, colon, state: `Cannot read "a.txt": it is a folder`. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: string;
  readonly data: unknown;

  constructor(code: string, message: string, options: { readonly cause?: unknown; readonly data?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data;
  }
}

/** The error number's name that Node's own errors carry, such as `ENOENT`. */
export function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

const SYSTEM_CODES: Record<string, { readonly code: SdkErrorCode | 'disk_full' | 'exists'; readonly state: string }> = {
  ENOENT: { code: 'not_found', state: 'it does not exist' },
  ENOTDIR: { code: 'not_a_directory', state: 'a part of the path is not a folder' },
  EISDIR: { code: 'not_a_file', state: 'it is a folder' },
  EACCES: { code: 'not_permitted', state: 'the sandbox user may not' },
  EPERM: { code: 'not_permitted', state: 'the system does not permit it' },
  ELOOP: { code: 'symlink_loop', state: 'its links lead in a circle' },
  EEXIST: { code: 'exists', state: 'it exists already' },
  ENOTEMPTY: { code: 'exists', state: 'the folder is not empty' },
  ENOSPC: { code: 'disk_full', state: 'no space is left' },
  EDQUOT: { code: 'disk_full', state: 'the write limit is reached' },
};

/** Turns an error of the file system into one that a person can read; anything else comes back as it is. */
export function fromSystemError(thrown: unknown, action: string): unknown {
  const known = SYSTEM_CODES[systemCode(thrown) ?? ''];
  return known ? new ToolError(known.code, `Cannot ${action}: ${known.state}`, { cause: thrown }) : thrown;
}
