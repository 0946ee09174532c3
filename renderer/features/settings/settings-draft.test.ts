import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS, Settings } from '../../../schema/contract/app.ts';
import { formSchemaOf } from '../../ui/json-schema.ts';
import { problemsOf } from '../../ui/schema-validation.ts';
import { SettingsDraft } from './settings-draft.ts';

const draftWith = (saved: unknown[]) =>
  new SettingsDraft({
    settings: DEFAULT_SETTINGS,
    schema: formSchemaOf(Settings),
    problemsOf,
    save: (change) => void saved.push(change),
  });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a draft of the settings', () => {
  it('saves what was typed once it stands still, as one change', () => {
    const saved: unknown[] = [];
    const draft = draftWith(saved);
    draft.set('textSize', 14);
    draft.set('textSize', 15);
    draft.set('theme', 'dark');
    expect(saved).toEqual([]);
    vi.runAllTimers();
    expect(saved).toEqual([{ textSize: 15, theme: 'dark' }]);
  });

  it('never saves what the schema refuses, and says why at its field', () => {
    const saved: unknown[] = [];
    const draft = draftWith(saved);
    draft.set('textSize', 400);
    draft.set('retention', { ...DEFAULT_SETTINGS.retention, auditDays: 0 });
    vi.runAllTimers();
    expect(saved).toEqual([]);
    expect(Object.keys(draft.store.getState().problems)).toEqual(
      expect.arrayContaining(['textSize', 'retention.auditDays']),
    );
    draft.set('textSize', 12);
    vi.runAllTimers();
    expect(saved).toEqual([{ textSize: 12 }]);
    expect(Object.keys(draft.store.getState().problems)).toEqual(['retention.auditDays']);
  });

  it('is saved when the form is left', () => {
    const saved: unknown[] = [];
    const draft = draftWith(saved);
    draft.set('editor', 'code --wait');
    draft.flush();
    vi.runAllTimers();
    expect(saved).toEqual([{ editor: 'code --wait' }]);
  });
});
