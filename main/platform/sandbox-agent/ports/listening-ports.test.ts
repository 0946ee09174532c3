import { expect, test } from 'vitest';
import { portsIn } from './listening-ports.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

test('the ports that are listened on are read from both tables, each once, without connections', () => {
  const v4 = [
    HEAD,
    '   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0',
    '   1: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 2 1 0 20 4 30 10 -1',
    '',
  ].join('\n');
  const v6 = [
    HEAD,
    '   0: 00000000000000000000000001000000:1435 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 3 1 0',
    '   1: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 4 1 0',
  ].join('\n');
  expect(portsIn([v4, v6, '', 'nonsense\nmore of it'])).toEqual([3000, 5173]);
});
