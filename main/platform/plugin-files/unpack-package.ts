import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** Unpacks a package as npm packs it, all of it below one folder in the archive. For what comes with the program; anything else goes through unpackArchive. */
export async function unpackPackage(archive: string, folder: string): Promise<void> {
  const tar = extract();
  const reading = pipeline(createReadStream(archive), createGunzip(), tar);
  // Told below, by what ends the reading of the entries; it must not be unhandled until then.
  reading.catch(() => undefined);
  for await (const entry of tar) {
    const content = await buffer(entry);
    if (entry.header.type !== 'file') continue;
    const path = join(folder, entry.header.name.slice(entry.header.name.indexOf('/') + 1));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  await reading;
}
