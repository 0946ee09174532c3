import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault } from '../../../schema/fault.ts';
import type { CastFile, CastFiles, KeptCast } from '../../kernel/terminals/recordings/ports.ts';

const ENDING = '.cast';
/** A header is shorter. */
const HEADER_BYTES = 4096;

/** Recordings as files of one folder, which is made with the first of them. */
export function diskCasts(folder: string): CastFiles {
  const fileOf = (id: string): string => join(folder, `${id}${ENDING}`);
  return {
    fileOf,
    async create(id) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return castFile(fileOf(id));
    },
    async list() {
      const names = await readdir(folder).catch(() => []);
      const ids = names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
      const kept = await Promise.all(ids.map((id) => keptCast(id, fileOf(id)).catch(() => undefined)));
      return kept.filter((each) => each !== undefined);
    },
    async *lines(id, signal) {
      const file = fileOf(id);
      await access(file).catch((cause: unknown) => {
        throw new Fault('not_found', `Cannot replay "${id}": there is no such recording`, { cause });
      });
      const input = createReadStream(file);
      try {
        for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
          if (signal.aborted) return;
          yield line;
        }
      } finally {
        input.destroy();
      }
    },
    remove: (id) => rm(fileOf(id), { force: true }),
  };
}

async function castFile(file: string): Promise<CastFile> {
  const stream = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  await once(stream, 'open');
  let failure: Error | undefined;
  stream.on('error', (cause) => {
    failure = cause;
  });
  return {
    async write(line) {
      if (failure !== undefined) throw failure;
      if (!stream.write(`${line}\n`)) await once(stream, 'drain');
    },
    async end() {
      if (failure !== undefined) throw failure;
      stream.end();
      await once(stream, 'close');
    },
  };
}

async function keptCast(id: string, file: string): Promise<KeptCast> {
  const handle = await open(file);
  try {
    const { size: sizeBytes } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    const [header = ''] = buffer.toString('utf8', 0, bytesRead).split('\n');
    return { id, file, sizeBytes, header };
  } finally {
    await handle.close();
  }
}
