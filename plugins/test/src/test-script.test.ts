import { describe, expect, it } from 'vitest';
import { scriptedRun } from './test-script.ts';

const runOf = (test: string, others: Record<string, string> = {}) => scriptedRun({ ...others, test });

describe('a test script', () => {
  it.each([
    ['jest', { framework: 'jest', options: [], files: [], env: {}, alone: 'yes' }],
    [
      'jest --ci --config e2e/jest.config.js api',
      { options: ['--ci', '--config', 'e2e/jest.config.js'], files: ['api'] },
    ],
    ['cross-env NODE_OPTIONS=--experimental-vm-modules jest', { env: { NODE_OPTIONS: '--experimental-vm-modules' } }],
    ['TZ=UTC LANG="en US" npx jest', { env: { TZ: 'UTC', LANG: 'en US' } }],
    [
      'node --experimental-vm-modules node_modules/jest/bin/jest.js --verbose src',
      { framework: 'jest', env: { NODE_OPTIONS: '--experimental-vm-modules' }, options: ['--verbose'], files: ['src'] },
    ],
    ['vitest run --config a.ts', { framework: 'vitest', options: ['--config', 'a.ts'], files: [] }],
    ['vitest --watch=false --reporter=dot --reporter verbose unit', { options: [], files: ['unit'] }],
    [
      `mocha -r ts-node/register --exit 'test/**/*.ts' --timeout 5000 -R spec`,
      { options: ['-r', 'ts-node/register', '--exit', '--timeout', '5000'], files: ['test/**/*.ts'] },
    ],
    ['nyc --reporter=text ./node_modules/.bin/_mocha', { framework: 'mocha', options: [] }],
    ['npm run lint && tsc && mocha dist', { framework: 'mocha', files: ['dist'], alone: 'no' }],
    ['node --test', { framework: 'node', program: 'node', options: [], files: [] }],
    [
      'node --import tsx --test src/*.test.ts',
      { framework: 'node', options: ['--import', 'tsx'], files: ['src/*.test.ts'] },
    ],
    ['tsx --test "test/a b.ts"', { framework: 'node', program: 'tsx', files: ['test/a b.ts'] }],
  ])('%s', (script, expected) => {
    expect(runOf(script)).toMatchObject(expected);
  });

  it.each([
    '',
    'echo jest',
    'turbo run test',
    'jest $CONFIG',
    'jest --config "$(pwd)/a.js"',
    'playwright test',
    'npm test',
    'constructor',
    'node test.js',
    `'jest`,
  ])('%s: what it starts is not known', (script) => {
    expect(runOf(script)).toBeUndefined();
  });

  it('is followed through the scripts that it runs', () => {
    const others = { unit: 'jest --ci', all: 'yarn lint && pnpm run unit', lint: 'eslint .' };
    expect(runOf('npm run all', others)).toMatchObject({ framework: 'jest', options: ['--ci'], alone: 'no' });
    expect(runOf('npm run a', { a: 'npm run b', b: 'npm run a' })).toBeUndefined();
  });
});
