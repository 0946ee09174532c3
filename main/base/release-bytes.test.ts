import { expect, test } from 'vitest';
import { releaseBytes } from './release-bytes.ts';

test('bytes that have their memory to themselves are gone, others are left alone', () => {
  const alone = Buffer.allocUnsafeSlow(1000);
  const shared = Buffer.alloc(2000, 1);
  const part = shared.subarray(10, 20);
  releaseBytes(alone);
  releaseBytes(part);
  expect([alone.length, part.length, part[0]]).toEqual(['transfer' in ArrayBuffer.prototype ? 0 : 1000, 10, 1]);
});
