import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fetchSender } from './fetch-sender.ts';

let server: Server;
const asked: string[] = [];
beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === '/moved') return void response.writeHead(302, { Location: '/elsewhere' }).end();
    if (request.url === '/silent') return;
    response.writeHead(request.url === '/broken' ? 500 : 200).end('an answer that nobody reads');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function post(path: string, signal = new AbortController().signal): Promise<number> {
  // A listening server that is no pipe has an address of this form.
  const { port } = server.address() as AddressInfo;
  return fetchSender.post({ url: `http://127.0.0.1:${port}${path}`, headers: { 'X-A': 'b' }, body: '{}' }, signal);
}

it('gives the status of the answer, whatever it is', async () => {
  expect([await post('/'), await post('/broken')]).toEqual([200, 500]);
});

it('follows no redirection: what is signed for one address goes to no other', async () => {
  expect(await post('/moved')).toBe(302);
  expect(asked).toEqual(['POST /moved']);
});

it('ends with the signal', async () => {
  const abort = new AbortController();
  const posting = post('/silent', abort.signal);
  server.once('request', () => abort.abort());
  await expect(posting).rejects.toThrow(/abort/);
});

it('says why nobody answered', async () => {
  const { port } = server.address() as AddressInfo; // As above.
  await new Promise((resolve) => server.close(resolve));
  const gone = fetchSender.post(
    { url: `http://127.0.0.1:${port}/`, headers: {}, body: '' },
    new AbortController().signal,
  );
  await expect(gone).rejects.toThrow(/ECONNREFUSED/);
});
