import type { DocumentError, DocumentWarning } from '../../../schema/policy.ts';
import { loadDocument } from './document.ts';

export { testPolicyCases as testPolicyText } from './policy-cases.ts';

export interface PolicyCheck {
  readonly ok: boolean;
  readonly errors: DocumentError[];
  readonly warnings: DocumentWarning[];
}

/** What `cavern policy check` says of a document; needs no kernel. */
export function checkPolicyText(text: string): PolicyCheck {
  const loaded = loadDocument(text);
  if (!loaded.ok) return { ok: false, errors: [...loaded.errors], warnings: [] };
  return { ok: true, errors: [], warnings: [...loaded.warnings] };
}
