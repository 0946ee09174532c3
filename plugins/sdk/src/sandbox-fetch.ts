import { ToolError } from './tool-error.ts';

/** Where a request goes, which is all that an error message needs of it. Throws ToolError `invalid_input`. */
export function originOf(url: string | URL): string {
  if (!URL.canParse(url)) throw new ToolError('invalid_input', `Cannot fetch "${String(url)}": it is no absolute URL`);
  return new URL(url).origin;
}

/** Nothing is reached, as in a sandbox whose profile has no network. */
export async function noNetwork(url: string | URL): Promise<never> {
  throw new ToolError('no_network', `Cannot fetch from ${originOf(url)}: the sandbox has no network`);
}

/**
 * Node's own fetch, which goes through the sandbox's proxy: the policy decides each host and the audit log has each request. Throws
 * ToolError `no_network`, `fetch_failed`. The proxy's environment variables count from Node 22.21 and 24 on.
 */
export async function sandboxFetch(url: string | URL, init: RequestInit): Promise<Response> {
  const origin = originOf(url);
  if (process.env['HTTP_PROXY'] === undefined) return noNetwork(url);
  try {
    return await fetch(url, init);
  } catch (thrown) {
    init.signal?.throwIfAborted();
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolError('fetch_failed', `Cannot fetch from ${origin}: ${why}`, { cause: thrown });
  }
}
