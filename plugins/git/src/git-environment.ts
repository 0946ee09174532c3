/** Settings that stand above the repository's own: nothing that a repository brings along is run, and nothing goes over a network. */
const SETTINGS: readonly (readonly [key: string, value: string])[] = [
  ['safe.directory', '*'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.sshCommand', 'false'],
  ['core.askPass', 'false'],
  ['core.pager', 'cat'],
  ['core.quotePath', 'false'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['commit.gpgSign', 'false'],
  ['tag.gpgSign', 'false'],
  ['log.showSignature', 'false'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['color.ui', 'false'],
  ['color.diff', 'false'],
  ['color.status', 'false'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['i18n.commitEncoding', 'UTF-8'],
  ['diff.noprefix', 'false'],
  ['diff.mnemonicPrefix', 'false'],
  ['diff.renames', 'true'],
  ['diff.relative', 'false'],
  // What changed inside of a submodule is for a call about it: git would ask a git in there, with that one's settings.
  ['diff.ignoreSubmodules', 'dirty'],
  ['diff.submodule', 'short'],
  ['status.submoduleSummary', 'false'],
  // A diff would write the index that it refreshed, whatever GIT_OPTIONAL_LOCKS says.
  ['diff.autoRefreshIndex', 'false'],
  ['advice.detachedHead', 'false'],
];

/** Variables that would lead git somewhere else than the repository it is asked about. */
const MISLEADING = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
];

export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

export interface EnvironmentOptions {
  /** The folder above which no repository is looked for. */
  readonly ceiling: string;
  readonly identity?: GitIdentity | undefined;
  /** Beside those for every repository. */
  readonly settings?: readonly (readonly [key: string, value: string])[];
}

export function gitEnvironment({
  ceiling,
  identity,
  settings: own = [],
}: EnvironmentOptions): Record<string, string | undefined> {
  const all = [...SETTINGS, ...own];
  const settings = all.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    ...Object.fromEntries(MISLEADING.map((name) => [name, undefined])),
    ...Object.fromEntries(settings),
    GIT_CONFIG_COUNT: String(all.length),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: ceiling,
    GIT_TERMINAL_PROMPT: '0',
    // Stands above what a repository allows to single protocols; what a partial clone lacks is not fetched.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ASKPASS: 'false',
    GIT_EDITOR: 'true',
    // Looking must not change the repository: no refreshed index is written.
    GIT_OPTIONAL_LOCKS: '0',
    // A path is a path: no globs, no magic.
    GIT_LITERAL_PATHSPECS: '1',
    LC_ALL: 'C.UTF-8',
    ...(identity && {
      GIT_AUTHOR_NAME: identity.name,
      GIT_AUTHOR_EMAIL: identity.email,
      GIT_COMMITTER_NAME: identity.name,
      GIT_COMMITTER_EMAIL: identity.email,
    }),
  };
}
