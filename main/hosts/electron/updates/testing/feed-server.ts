import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { testAuthority } from '../../../http/testing/certificates.ts';

/** A publisher's feed on this machine, over TLS, and what was asked of it. */
export interface FeedServer extends AsyncDisposable {
  readonly address: string;
  readonly publisherKey: string;
  /** PEM of the authority that vouches for it. */
  readonly authority: string;
  readonly asked: string[];
  /** What is answered, by path; a test changes what it likes. */
  readonly files: Map<string, string | Buffer>;
  /** Puts a feed there for these bytes, signed by the publisher or by whoever is named, and valid until so. */
  publish(version: string, image: Buffer, changed?: { by?: KeyObject; validUntil?: string | undefined }): void;
}

const IMAGE = 'Cavern.AppImage';

export async function startFeedServer(): Promise<FeedServer> {
  const authority = await testAuthority('feed');
  const { certificate, privateKey } = await authority.issue([{ type: 'ip', value: '127.0.0.1' }]);
  const publisher = generateKeyPairSync('ed25519');
  const files = new Map<string, string | Buffer>();
  const asked: string[] = [];
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(path);
    const file = files.get(path);
    response.writeHead(file === undefined ? 404 : 200, { connection: 'close' });
    response.end(file);
  });
  const port = await listening(server);
  return {
    address: `https://127.0.0.1:${port}/feed`,
    publisherKey: publisher.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    authority: authority.certificate,
    asked,
    files,
    publish(version, image, { by = publisher.privateKey, ...changed } = {}) {
      const sha512 = createHash('sha512').update(image).digest('base64');
      const file = { url: IMAGE, sha512, size: image.length };
      // JSON is YAML.
      const feed = JSON.stringify({
        version,
        files: [file],
        path: IMAGE,
        sha512,
        releaseDate: '2026-11-22T00:00:00.000Z',
        validUntil: '2026-12-22T00:00:00.000Z',
        ...changed,
      });
      files.set('/feed/latest-linux.yml', feed);
      files.set('/feed/latest-linux.yml.sig', `${sign(null, Buffer.from(feed), by).toString('base64')}\n`);
      files.set(`/feed/${IMAGE}`, image);
    },
    [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // It listens on a port, so that is its address.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
