import { expect, test } from 'vitest';
import { serveRenderer } from './app-protocol.ts';

const serve = serveRenderer({ read: async (path) => Buffer.from(`content of ${path}`) }, async () => 'en');
const policyOf = async (path: string): Promise<unknown> =>
  (await serve({ url: `app://cavern${path}`, method: 'GET' })).headers?.['content-security-policy'];

test('what a worker is made of comes with a policy that lets it load and reach nothing', async () => {
  expect([await policyOf('/assets/picture-worker.js'), await policyOf('/assets/inter.woff2')]).toEqual([
    "default-src 'none'",
    "default-src 'none'",
  ]);
});

test('no script runs in a page but the files of the app, and none is compiled from anything else', async () => {
  const policy = String(await policyOf('/index.html'));
  expect(policy.split('; ').filter((rule) => rule.startsWith('script-src'))).toEqual(["script-src 'self'"]);
  expect(policy).not.toContain('unsafe-eval');
});
