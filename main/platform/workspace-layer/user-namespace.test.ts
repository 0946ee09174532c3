import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mountPoints } from './mount-table.ts';
import { swapMap } from './user-namespace.ts';

it('swapMap shows root as the sandbox user and that user as root', () => {
  expect(swapMap({ onDisk: 0, shown: 1000 })).toBe('0 1000 1\n1 1 999\n1000 0 1\n1001 1001 4294966294\n');
});

it('swapMap is one to one and covers every id, whichever two are swapped', () => {
  const id = fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 0xffff_fffe }));
  fc.assert(
    fc.property(id, id, id, (onDisk, shown, other) => {
      const lines = swapMap({ onDisk, shown })
        .trim()
        .split('\n')
        .map((line) => line.split(' ').map(Number));
      const map = (value: number): number[] =>
        lines.flatMap(([inside = 0, outside = 0, count = 0]) =>
          value >= inside && value < inside + count ? [outside + value - inside] : [],
        );
      expect(map(onDisk)).toEqual([shown]);
      expect(map(shown)).toEqual([onDisk]);
      if (other !== onDisk && other !== shown) expect(map(other)).toEqual([other]);
    }),
  );
});

it('mountPoints reads names with blanks and letters of any alphabet', () => {
  const table = '44 27 254:0 /a /mnt/wör\\040k\\134s ro,idmapped - ext4 /dev/vda rw\n1 2 3:4 / / rw - ext4 x rw\n';
  expect(mountPoints(table)).toEqual(['/mnt/wör k\\s', '/']);
});
