import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TSchema } from 'typebox';
import { CaveDocument } from './cave.ts';
import { Settings } from './contract/app.ts';
import { areas } from './contract/areas.ts';
import { withCalls } from './http/calls-page.ts';
import { typeScriptClient } from './http/typescript-client.ts';
import { PluginManifest } from './plugin-manifest.ts';
import { PolicyDocument } from './policy.ts';
import { ProfileDocument, SeccompDocument } from './profile.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** The documents that people write by hand, so that their editors can check and complete them. */
const DOCUMENTS: Readonly<Record<string, { readonly title: string; readonly schema: TSchema }>> = {
  cave: { title: 'Sandboxes of a workspace (cave.yaml)', schema: CaveDocument },
  policy: { title: 'Policy of Cavern', schema: PolicyDocument },
  'plugin-manifest': { title: 'Manifest of a plugin of Cavern (plugin.json)', schema: PluginManifest },
  profile: { title: 'Sandbox profile of Cavern', schema: ProfileDocument },
  seccomp: { title: 'System calls of a sandbox profile of Cavern', schema: SeccompDocument },
  settings: { title: 'Settings of Cavern (settings.json)', schema: Settings },
};

/** The files of schema/json: name and text. */
export function emittedSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(DOCUMENTS).map(([name, { title, schema }]) => [
      `${name}.schema.json`,
      `${JSON.stringify({ $schema: DRAFT, title, ...schema }, null, 2)}\n`,
    ]),
  );
}

/** The client of the HTTP API, which is made from the contract. */
export const HTTP_CLIENT = join('http', 'client', 'cavern-client.ts');

/** The page on HTTP, whose list of calls is made from the contract. */
export const HTTP_PAGE = join('..', 'docs', 'api.md');

function emit(folder: string): void {
  mkdirSync(join(folder, 'json'), { recursive: true });
  for (const [name, text] of emittedSchemas()) writeFileSync(join(folder, 'json', name), text);
  mkdirSync(join(folder, dirname(HTTP_CLIENT)), { recursive: true });
  writeFileSync(join(folder, HTTP_CLIENT), typeScriptClient(areas));
  const page = join(folder, HTTP_PAGE);
  writeFileSync(page, withCalls(readFileSync(page, 'utf8'), areas));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) emit(import.meta.dirname);
