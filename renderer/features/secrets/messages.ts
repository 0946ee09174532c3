import { inLanguage } from '../../ui/language.ts';

const english = {
  button: 'Secrets',
  buttonTitle: 'Hand a secret of the key store to this session',
  title: 'Secrets',
  about:
    'Nothing of your key store is in a sandbox until you hand it in here. Whatever runs inside can read what is handed in, and send it to the hosts that the policy lets it reach.',
  handed: 'Handed to this session',
  handedNone: 'Nothing is handed in.',
  toFolder: 'to every session of this folder',
  variable: (name: string) => `as the variable ${name}`,
  file: (name: string) => `as the file /run/secrets/${name}`,
  header: (origin: string) => `put into requests to ${origin}, never inside`,
  pluginHeader: (plugin: string, origin: string) =>
    `put into requests of the plugin ${plugin} to ${origin}, never inside`,
  toAll: 'in every session',
  withheld: {
    absent: 'not at present: the plugin is not installed',
    disabled: 'not at present: the plugin is disabled',
    refused: 'not at present: the plugin is refused',
    development: 'not at present: a build under development stands in for the plugin',
    another: 'not at present: the plugin is not by whom it was handed to',
  },
  withdraw: 'Take back',
  handTitle: 'Hand one in',
  secret: 'Secret',
  to: 'To',
  toSession: 'This session',
  toPlugins: 'Plugins',
  pluginNote: 'Into its requests only: a plugin never sees a secret.',
  kind: 'How',
  kinds: { variable: 'Variable', file: 'File in memory', header: 'Into requests' },
  places: { variable: 'Name of the variable', file: 'Name of the file', header: 'Address of the server' },
  placeHints: {
    variable: 'DEPLOY_KEY',
    file: 'deploy.key',
    header: 'https://npm.example.com',
  },
  scope: 'For every session of this folder, now and later',
  hand: 'Hand in',
  kept: 'In your key store',
  addTitle: 'Add one to the key store',
  name: 'Name',
  nameHint: 'Small letters, digits, - and _',
  value: 'Secret text',
  valueHint: 'At least 8 characters. It is never shown again.',
  add: 'Add',
  removeTitle: (name: string) => `Remove the secret ${name} and take it back everywhere`,
} as const;

export const messages = inLanguage('secrets', english);
