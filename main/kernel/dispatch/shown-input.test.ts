import { expect, test } from 'vitest';
import { shownInput } from './shown-input.ts';

test('what the contract conceals is in no record, and the rest is as it was', () => {
  const input = { name: 'npm', value: 'the-very-value' };
  expect(shownInput({ conceals: ['value'] }, input)).toEqual({ name: 'npm', value: '[secret]' });
  expect(shownInput({}, input)).toBe(input);
  expect(shownInput({ conceals: ['value'] }, null)).toBeNull();
});
