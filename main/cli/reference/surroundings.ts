/** Variables that the command line reads. */
export const ENVIRONMENT: readonly (readonly [name: string, about: string])[] = [
  ['CAVERN_HOME', 'The folder that keeps all state, where --home names none'],
  ['CAVERN_TIMEOUT, CAVERN_KEEP, CAVERN_PROFILE, CAVERN_SANDBOX', 'Options of run, where the line has none'],
  ['CAVERN_TASKS_AT_ONCE and others', 'Settings of the kernel that is started; see docs/cli.md'],
  ['CAVERN_LOG', 'How much the log says: debug, info, warn or error'],
  ['NO_COLOR', 'No colours, whatever its value is'],
  ['VISUAL', 'The editor that session open starts, where the setting editor names none'],
];

/** Files that an operator may want to find. */
export const FILES: readonly (readonly [path: string, about: string])[] = [
  ['~/.local/share/cavern', 'The home, where nothing names another one'],
  ['HOME/settings.json', 'The settings, as cavern config has them'],
  ['HOME/policy.yaml', 'The policy of the operator'],
  ['HOME/logs/kernel.log', 'What the kernel has to say'],
  ['HOME/cli-history', 'Lines of the prompt, without those that hold a secret'],
  ['.cavern/config.yaml', 'What a project says for run, in its root'],
  ['cave.yaml', 'The sandboxes of a workspace, in its root'],
];
