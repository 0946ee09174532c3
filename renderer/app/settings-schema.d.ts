declare module 'virtual:settings-schema' {
  import type { Settings } from '../../schema/contract/app.ts';

  /** The JSON Schema of the settings. */
  export const settingsSchema: unknown;
  export const defaultSettings: Settings;
}
