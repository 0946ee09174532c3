import { expect, test } from 'vitest';
import { isOwnMachine } from './served-place.ts';

test('an address is this machine’s alone where no other one reaches it', () => {
  const own = ['http://127.0.0.1:7433', 'https://127.0.0.2:1', 'http://[::1]:7433', 'http://localhost:80'];
  expect(own.filter((url) => !isOwnMachine(url))).toEqual([]);
  const others = ['https://0.0.0.0:7433', 'https://192.0.2.7:7433', 'https://[::]:1', 'https://127.0.0.1.example'];
  expect(others.filter(isOwnMachine)).toEqual([]);
});
