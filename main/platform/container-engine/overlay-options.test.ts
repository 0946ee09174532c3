import { expect, it } from 'vitest';
import { overlayOptions } from './overlay-options.ts';

it('overlayOptions keeps a path from ending its option, whatever is in its name', () => {
  expect(overlayOptions({ lower: ['/a:b,c', '/d\\e f'], upper: '/u,p:q', work: '/w' })).toBe(
    'lowerdir=/a\\:b\\,c:/d\\\\e f,upperdir=/u\\,p:q,workdir=/w,userxattr',
  );
});
