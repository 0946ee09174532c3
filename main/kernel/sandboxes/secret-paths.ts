/**
 * Files that a sandbox does not see (docs/sandboxes.md, "Secrets"). Names are compared without regard to case.
 * `content`: only those files whose beginning says so, because the name alone also fits harmless ones.
 */
interface SecretRule {
  readonly name: RegExp;
  readonly parent?: string;
  readonly content?: RegExp;
}

const PRIVATE_KEY = /PRIVATE KEY/;

const RULES: readonly SecretRule[] = [
  { name: /^\.env(?:[._-].*|rc)?$/ },
  { name: /^id_(?:rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk)$/ },
  { name: /\.(?:p12|pfx|jks|keystore|kdbx|ppk|key)$/ },
  { name: /\.pem$/, content: PRIVATE_KEY },
  { name: /^(?:\.netrc|_netrc|\.pgpass|\.my\.cnf|\.git-credentials|\.pypirc|\.htpasswd|\.vault-token|\.terraformrc)$/ },
  { name: /^\.npmrc$|^\.yarnrc\.yml$/, content: /_auth|_password|npmAuth/i },
  { name: /^(?:credentials|config)$/, parent: '.aws' },
  { name: /^config$/, parent: '.kube' },
  { name: /^config\.json$/, parent: '.docker' },
  { name: /^(?:application_default_credentials\.json|credentials\.db|access_tokens\.db)$/, parent: 'gcloud' },
  { name: /^accesstokens\.json$/, parent: '.azure' },
  { name: /^hosts\.yml$/, parent: 'gh' },
];

/** One look at a name that lets nearly all files pass; what it keeps is looked at more closely. */
const CANDIDATE =
  /^[._]|^id_|\.(?:p12|pfx|jks|keystore|kdbx|ppk|key|pem)$|^(?:credentials|config|application_default|access|hosts)/i;

/** False for a file name that no rule fits. */
export function mayBeSecret(name: string): boolean {
  return CANDIDATE.test(name);
}

/** Shipped to show which keys there are, without their values. */
const EXAMPLES = /\.(?:example|sample|template|dist|defaults?)$/;

/** How much of a file is read where its content decides. */
export const SECRET_PROBE_BYTES = 64 * 1024;

/**
 * What hides a file: its name (`yes`), nothing (`no`), or an expression to be found in its beginning.
 * `path` is relative to the workspace, with POSIX separators.
 */
export function secretRule(path: string): 'yes' | 'no' | RegExp {
  const segments = path.toLowerCase().split('/');
  const name = segments.at(-1) ?? '';
  const parent = segments.at(-2);
  if (EXAMPLES.test(name)) return 'no';
  const rule = RULES.find((each) => each.name.test(name) && (each.parent === undefined || each.parent === parent));
  if (!rule) return 'no';
  return rule.content ?? 'yes';
}
