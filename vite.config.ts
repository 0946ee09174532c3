import { readdirSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { DEFAULT_SETTINGS, Settings } from './schema/contract/app.ts';
import { areas } from './schema/contract/areas.ts';
import { callDescriptions } from './schema/contract/call-descriptions.ts';
import { PolicyDocument } from './schema/policy.ts';

const SHAPE_MODULE = 'virtual:contract-shape';

/** Which calls there are and which of them are streams: all that the typed client needs at run time. The schemas stay out of the window. */
function contractShape(): Plugin {
  const shape = Object.fromEntries(
    Object.entries(areas).map(([key, area]) => [
      key,
      {
        name: area.name,
        members: Object.fromEntries(
          Object.entries(area.members).map(([name, member]) => [name, { kind: member.kind }]),
        ),
      },
    ]),
  );
  return {
    name: 'contract-shape',
    resolveId: (id) => (id === SHAPE_MODULE ? `\0${id}` : undefined),
    load: (id) => (id === `\0${SHAPE_MODULE}` ? `export const contractShape = ${JSON.stringify(shape)};` : undefined),
  };
}

/** What the window needs of the schema beside that, when it is first asked for, as plain JSON: TypeBox itself stays out of the window. */
function plainSchema(name: string, values: Readonly<Record<string, unknown>>): Plugin {
  const module = `virtual:${name}`;
  const text = Object.entries(values)
    .map(([key, value]) => `export const ${key} = ${JSON.stringify(value)};`)
    .join('\n');
  return {
    name,
    resolveId: (id) => (id === module ? `\0${id}` : undefined),
    load: (id) => (id === `\0${module}` ? text : undefined),
  };
}

/** The settings as a person chooses them: of languages, those that there are texts for, each by its own name. */
function settingsToChoose(): unknown {
  const folders = readdirSync('renderer/languages', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const tags = ['en', ...folders.map(({ name }) => name)].sort();
  const named = tags.map((tag) => ({ const: tag, title: new Intl.DisplayNames([tag], { type: 'language' }).of(tag) }));
  const { language } = Settings.properties;
  const choices = { anyOf: [{ const: 'system' }, ...named], description: language.description };
  return { ...Settings, properties: { ...Settings.properties, language: choices } };
}

/** What the first paint needs comes in one file: each request goes through the process that starts the kernel meanwhile. */
function isNeededAtStart(id: string): boolean {
  if (
    /\/ui\/(schema-|json-|menu-popup|menu-items|landmark|context-menu-popup|confirm-dialog-popup|modal|use-virtual-|use-long-|split|segmented|panel|text-diff|diff-|code-)/.test(
      id,
    )
  )
    return false;
  return /\/renderer\/(ui|app)\/|\/node_modules\/(react|react-dom|scheduler|zustand|lucide-react)\/|^\0(?!virtual:(policy|settings|contract-calls))/.test(
    id,
  );
}

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [
    react(),
    contractShape(),
    plainSchema('policy-schema', { policySchema: PolicyDocument }),
    plainSchema('settings-schema', { settingsSchema: settingsToChoose(), defaultSettings: DEFAULT_SETTINGS }),
    plainSchema('contract-calls', { contractCalls: callDescriptions(areas) }),
  ],
  html: { cspNonce: '__NONCE__' },
  server: { port: 5183, strictPort: true },
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome130',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'start', test: isNeededAtStart }] } } },
  },
});
