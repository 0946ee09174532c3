import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** An entry as it is written; a plain file where it has no type. */
export interface ArchiveEntry {
  readonly path: string;
  readonly content?: Uint8Array | string;
  readonly type?: Header['type'];
  readonly linkname?: string;
}

const EPOCH = new Date(0);

/** A gzipped tar archive of these entries; the same entries give the same bytes. */
export async function packArchive(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  tar.on('data', (chunk) => void chunks.push(chunk as Buffer)); // no encoding is set: bytes
  const ended = new Promise<void>((resolve, reject) => {
    tar.on('end', () => resolve());
    tar.on('error', reject);
  });
  for (const { path, content = '', type = 'file', linkname } of entries) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const link = linkname === undefined ? {} : { linkname };
    const header = { name: path, type, mode: 0o644, mtime: EPOCH, uid: 0, gid: 0, ...link };
    if (type === 'file') tar.entry({ ...header, size: bytes.length }, bytes);
    else tar.entry({ ...header, size: 0 });
  }
  tar.finalize();
  await ended;
  return promisify(gzip)(Buffer.concat(chunks), { level: 9 });
}
