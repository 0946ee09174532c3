/** What an API key opens: everything, one namespace, one session, or one model. */
export type KeyScope =
  | { readonly kind: 'admin' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'session'; readonly session: string }
  | { readonly kind: 'model'; readonly model: string };

export type KeyKind = KeyScope['kind'];

export const KEY_KINDS = ['admin', 'namespace', 'session', 'model'] as const satisfies readonly KeyKind[];

/** A namespace's name, as it may stand in labels and addresses. */
export const NAMESPACE_PATTERN = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const SESSION_PATTERN = '[a-z0-9][a-z0-9-]{0,31}';
const MODEL_PATTERN = '[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}';

/** `admin`, `namespace:<name>`, `session:<id>` or `model:<name>`. */
export const KEY_SCOPE_PATTERN = `^(?:admin|namespace:${NAMESPACE_PATTERN}|session:${SESSION_PATTERN}|model:${MODEL_PATTERN})$`;

const scopePattern = new RegExp(KEY_SCOPE_PATTERN);

/** Undefined for a text that is no scope. */
export function parseKeyScope(text: string): KeyScope | undefined {
  if (!scopePattern.test(text)) return undefined;
  const colon = text.indexOf(':');
  const name = text.slice(colon + 1);
  switch (colon === -1 ? text : text.slice(0, colon)) {
    case 'admin':
      return { kind: 'admin' };
    case 'namespace':
      return { kind: 'namespace', namespace: name };
    case 'session':
      return { kind: 'session', session: name };
    case 'model':
      return { kind: 'model', model: name };
    default:
      return undefined;
  }
}

/** The text that stands for it everywhere outside of the kernel. */
export function keyScopeText(scope: KeyScope): string {
  switch (scope.kind) {
    case 'admin':
      return 'admin';
    case 'namespace':
      return `namespace:${scope.namespace}`;
    case 'session':
      return `session:${scope.session}`;
    case 'model':
      return `model:${scope.model}`;
  }
}
