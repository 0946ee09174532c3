import { expect, it } from 'vitest';
import { engineFault } from './engine-failure.ts';

const answer = (statusCode: number, message: string) =>
  Object.assign(new Error('HTTP'), { statusCode, json: { message } });
const broken = (code: string) => Object.assign(new Error(code), { code });
const code = (thrown: unknown) => engineFault('Cannot x', thrown).code;

it('engineFault tells a lost engine, a closed one, a missing image, a full disk and a refusal apart', () => {
  expect([
    code(broken('ECONNREFUSED')),
    code(broken('ENOENT')),
    code(broken('EACCES')),
    code(answer(404, 'No such image: x:latest')),
    code(answer(500, 'write /var/lib: no space left on device')),
    code(answer(500, 'mount failed')),
    code(new DOMException('late', 'TimeoutError')),
    code(new DOMException('stop', 'AbortError')),
  ]).toEqual([
    'engine_unavailable',
    'engine_unavailable',
    'engine_forbidden',
    'image_missing',
    'disk_full',
    'sandbox_failed',
    'engine_unavailable',
    'cancelled',
  ]);
});
