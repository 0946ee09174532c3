import { expect, test } from 'vitest';
import type { ReadEvent } from '../../../../schema/contract/changes.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import type { KernelClient } from '../../../app/kernel-client.ts';
import { readFile } from './saved-file.ts';

const session = 's1' as SessionId; // a name of that form
const { signal } = new AbortController();

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function kernelWith(pieces: readonly Uint8Array[]): Pick<KernelClient, 'changes'> {
  async function* read({ as }: { as?: string }): AsyncGenerator<ReadEvent, void, undefined> {
    yield { type: 'head', sizeBytes: 0, encoding: 'utf-8' };
    if (as !== 'bytes') return;
    for (const piece of pieces) yield { type: 'bytes', base64: base64Of(piece) };
  }
  return { changes: { read } } as unknown as Pick<KernelClient, 'changes'>; // nothing else of it is asked for
}

test('a side is saved byte for byte, whatever its encoding, and longer than the page gathers at once', async () => {
  const every = Uint8Array.from({ length: 256 * 1024 }, (_, at) => at % 256);
  const last = Uint8Array.of(0xff, 0xfe, 0xe9);
  const client = kernelWith([...Array.from({ length: 33 }, () => every), last]);
  const file = await readFile({ client, session, signal, path: 'a', side: 'before' });
  const bytes = new Uint8Array(await file.arrayBuffer());
  expect(bytes.length).toBe(33 * every.length + last.length);
  expect(bytes.findIndex((byte, at) => byte !== (at < 33 * every.length ? at % 256 : last[at % every.length]))).toBe(
    -1,
  );
});
