import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
}

const blobOf = (bytes: Buffer): Blob => ({
  digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  bytes,
});

/** A registry on this machine's loopback that has one image of one layer, under any name with the tag `one`. */
export class ImageRegistry implements AsyncDisposable {
  readonly host: string;
  readonly #close: () => Promise<void>;

  private constructor(host: string, close: () => Promise<void>) {
    this.host = host;
    this.#close = close;
  }

  static async open(): Promise<ImageRegistry> {
    const tar = await layer();
    const packed = blobOf(gzipSync(tar));
    const rootfs = { type: 'layers', diff_ids: [blobOf(tar).digest] };
    const config = blobOf(Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs })));
    const part = (mediaType: string, { digest, bytes }: Blob) => ({ mediaType, size: bytes.length, digest });
    const manifest = blobOf(
      Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: MANIFEST,
          config: part(CONFIG, config),
          layers: [part(LAYER, packed)],
        }),
      ),
    );
    const blobs = new Map([packed, config].map((blob) => [blob.digest, blob.bytes]));
    const server = createServer((request, response) => serve(request, response, { manifest, blobs }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // It listens on a port.
    return new ImageRegistry(`127.0.0.1:${port}`, async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

function serve(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  { manifest, blobs }: { readonly manifest: Blob; readonly blobs: ReadonlyMap<string, Buffer> },
): void {
  const [, kind, name = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
  if (url === '/v2/') return void response.end('{}');
  const found = kind === 'manifests' && (name === 'one' || name === manifest.digest) ? manifest.bytes : blobs.get(name);
  if (found === undefined) {
    const errors = [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }];
    return void response.writeHead(404, { 'Content-Type': 'application/json' }).end(JSON.stringify({ errors }));
  }
  const digest = kind === 'manifests' ? manifest.digest : name;
  const type = kind === 'manifests' ? MANIFEST : 'application/octet-stream';
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': found.length,
    'Docker-Content-Digest': digest,
  });
  response.end(found);
}

/** A file that is large enough for progress to be told. */
async function layer(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-layer-'));
  try {
    await writeFile(
      join(folder, 'of-the-registry'),
      createHash('sha256').update('x').digest().toString('hex').repeat(60_000),
    );
    return execFileSync('tar', ['-c', '-C', folder, 'of-the-registry'], { maxBuffer: 64 * 1024 * 1024 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
