import { expect, it } from 'vitest';
import { loadDocument } from './document.ts';

it('warns of a syscall that reads as a pattern: it matches no call', () => {
  const loaded = loadDocument(`version: 1
rules:
  - { name: all, match: { syscall: "words.*" }, action: allow }
  - name: some
    match: { syscall: words.count }
    except:
      - { syscall: ["words.{a,b}"] }
    action: allow
`);
  expect(loaded).toMatchObject({
    ok: true,
    warnings: [
      { line: 3, code: 'syscall_pattern', message: expect.stringContaining('"words.*" matches no call') },
      { line: 7, code: 'syscall_pattern' },
    ],
  });
});
