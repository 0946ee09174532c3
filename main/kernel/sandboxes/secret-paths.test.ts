import { expect, it } from 'vitest';
import { mayBeSecret, secretRule } from './secret-paths.ts';

const judged = (paths: readonly string[]) =>
  Object.fromEntries(
    paths
      .map((path) => [path, secretRule(path)])
      .map(([path, rule]) => [path, rule instanceof RegExp ? 'by content' : rule]),
  );

it('secretRule hides what holds secrets, and not what only looks so', () => {
  expect(
    judged([
      '.env',
      '.env.local',
      '.ENV.Production',
      'app/.envrc',
      '.env-staging',
      '.env.example',
      '.env.local.sample',
      '.environment.ts',
      'environment.env.ts',
      'keys/id_rsa',
      'keys/id_rsa.pub',
      'id_ed25519',
      'config/master.key',
      'certs/ca.pem',
      'store.p12',
      '.npmrc',
      '.netrc',
      '.aws/credentials',
      'aws/credentials',
      '.docker/config.json',
      'config.json',
      '.kube/config',
      '.git-credentials',
      'src/keyboard.ts',
    ]),
  ).toEqual({
    '.env': 'yes',
    '.env.local': 'yes',
    '.ENV.Production': 'yes',
    'app/.envrc': 'yes',
    '.env-staging': 'yes',
    '.env.example': 'no',
    '.env.local.sample': 'no',
    '.environment.ts': 'no',
    'environment.env.ts': 'no',
    'keys/id_rsa': 'yes',
    'keys/id_rsa.pub': 'no',
    id_ed25519: 'yes',
    'config/master.key': 'yes',
    'certs/ca.pem': 'by content',
    'store.p12': 'yes',
    '.npmrc': 'by content',
    '.netrc': 'yes',
    '.aws/credentials': 'yes',
    'aws/credentials': 'no',
    '.docker/config.json': 'yes',
    'config.json': 'no',
    '.kube/config': 'yes',
    '.git-credentials': 'yes',
    'src/keyboard.ts': 'no',
  });
});

it('mayBeSecret keeps every name that a rule fits', () => {
  const names = [
    '.env',
    '.ENV.x',
    'id_rsa',
    'a.p12',
    'b.PEM',
    'master.key',
    '.netrc',
    '_netrc',
    'credentials',
    'config',
    'config.json',
  ];
  const more = [
    'application_default_credentials.json',
    'access_tokens.db',
    'accessTokens.json',
    'hosts.yml',
    'credentials.db',
  ];
  expect([...names, ...more].filter((name) => !mayBeSecret(name))).toEqual([]);
  expect(['index.ts', 'README.md', 'keyboard.ts'].filter(mayBeSecret)).toEqual([]);
});
