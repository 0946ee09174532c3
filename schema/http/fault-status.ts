/** The status that each code of the contract has over HTTP (spec: gateway.md). A test holds the table against the contract. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ...codes(401, 'unauthenticated'),
  ...codes(
    403,
    'denied',
    'needs_review',
    'wrong_scope',
    'host_not_allowed',
    'origin_not_allowed',
    'confirmation_needed',
  ),
  ...codes(
    404,
    'not_found',
    'unknown_call',
    'profile_unknown',
    'cave_unknown',
    'development_unknown',
    'tool_unknown',
    'plugin_unknown',
    'publisher_unknown',
    'secret_unknown',
    'key_unknown',
  ),
  ...codes(
    409,
    'name_taken',
    'session_running',
    'session_not_running',
    'terminal_exited',
    'merge_busy',
    'merge_stale',
    'nothing_to_undo',
    'git_failed',
    'consent_needed',
    'folder_exists',
    'port_taken',
    'publisher_known',
    'secret_exists',
    'set_by_policy',
    'policy_changed',
    'no_session',
    'no_window',
    'not_grantable',
    'request_under_way',
  ),
  ...codes(413, 'body_too_large'),
  ...codes(415, 'not_json'),
  ...codes(
    422,
    'invalid_input',
    'invalid_setting',
    'invalid_address',
    'tls_needed',
    'tls_invalid',
    'invalid_pattern',
    'invalid_index',
    'invalid_address',
    'tls_needed',
    'tls_invalid',
    'invalid_key',
    'cases_invalid',
    'cave_invalid',
    'checkpoint_invalid',
    'policy_invalid',
    'review_invalid',
    'schedule_invalid',
    'task_invalid',
    'secret_unfit',
    'workspace_invalid',
    'plugin_refused',
    'webhook_invalid',
    'not_a_file',
    'not_own_folder',
    'not_a_folder',
    'not_text',
    'tool_failed',
    'unreadable',
    'too_large',
    'idempotency_key_reused',
  ),
  ...codes(429, 'rate_limit_exceeded', 'limit_reached'),
  ...codes(500, 'internal', 'invalid_output'),
  ...codes(
    503,
    'audit_unavailable',
    'cancelled',
    'disconnected',
    'checkpoint_unreachable',
    'disk_full',
    'editor_missing',
    'engine_forbidden',
    'engine_unavailable',
    'export_failed',
    'image_missing',
    'keystore_unavailable',
    'sandbox_failed',
    'storage_failed',
    'webhook_without_secret',
  ),
  ...codes(504, 'tool_timeout'),
]);

function codes(status: number, ...names: readonly string[]): [string, number][] {
  return names.map((name) => [name, status]);
}

/** Whether the table has the code; what it lacks is answered with 500. */
export function hasStatus(code: string): boolean {
  return STATUS.has(code);
}

/** The status of a code. Input that came in the address is answered with 400, input in a body with 422. */
export function statusOf(code: string, inputFrom: 'address' | 'body'): number {
  if (code === 'invalid_input' && inputFrom === 'address') return 400;
  return STATUS.get(code) ?? 500;
}
