import { expect, it } from 'vitest';
import { memoryFiles } from './memory-files.ts';

const MIB = 1024 ** 2;
const of = (memory: number, tmp: number, home: number): readonly number[] => {
  const found = memoryFiles({ memoryBytes: memory * MIB, tmpBytes: tmp * MIB, homeBytes: home * MIB });
  return [found.tmpBytes / MIB, found.homeBytes / MIB, found.sharedMemoryBytes / MIB];
};

it('memoryFiles gives a profile what it asks for while half of the memory is left', () => {
  expect(of(4096, 1024, 512)).toEqual([1024, 512, 64]);
  expect(of(128, 16, 8)).toEqual([16, 8, 8]);
});

it('memoryFiles gives less of each where files could take the memory that the agent needs', () => {
  expect(of(256, 1024, 512)).toEqual([74.6640625, 37.33203125, 16]);
  expect(of(1, 4096, 4096).every((size) => size > 0)).toBe(true);
});
