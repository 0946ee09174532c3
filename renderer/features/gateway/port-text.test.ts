import { expect, test } from 'vitest';
import { portOf } from './port-text.ts';

test('a port is a number that a machine has, and nothing typed is any', () => {
  expect(['', ' ', '0', ' 7433 ', '65535'].map(portOf)).toEqual([0, 0, 0, 7433, 65_535]);
  expect(['65536', '-1', '80.5', 'http', '1e3', '123456'].map(portOf)).toEqual(Array(6).fill(undefined));
});
