import { posix } from 'node:path';
import Type, { type Static } from 'typebox';
import type { PluginOffer } from '../../../../schema/contract/plugin.ts';
import { Fault } from '../../../../schema/fault.ts';
import { PluginId, PluginManifest, Sha256 } from '../../../../schema/plugin-manifest.ts';
import { ownValidator } from '../../validation/own-schema.ts';
import type { PluginStore } from '../ports.ts';
import type { InstalledPlugin } from './installed-record.ts';
import { versionStep } from './version-step.ts';

/** The index of a team's folder: each package with the digest that it must have. */
export const TeamIndex = Type.Object(
  {
    version: Type.Literal(1),
    plugins: Type.Array(
      Type.Object(
        {
          id: PluginId,
          version: PluginManifest.properties.version,
          file: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]{0,200}\\.tgz$' }),
          sha256: Sha256,
        },
        { additionalProperties: false },
      ),
      { maxItems: 1000 },
    ),
  },
  { additionalProperties: false },
);
export type TeamIndex = Static<typeof TeamIndex>;

const validator = ownValidator<TeamIndex>(TeamIndex);

/** Throws `invalid_index`. */
function parseIndex(text: string, folder: string): TeamIndex {
  const wrong = (why: string): Fault => new Fault('invalid_index', `Cannot use the index of "${folder}": ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('it is not JSON');
  }
  const valid = validator();
  if (!valid(value)) throw wrong(`${valid.errors?.[0]?.instancePath ?? ''} ${valid.errors?.[0]?.message ?? ''}`.trim());
  const ids = value.plugins.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw wrong(`it names "${twice}" twice`);
  return value;
}

/** What an offer is to what is installed. An archive that is not known may be any: then the version alone counts. */
function stateBeside({ version, archive }: InstalledPlugin, offered: string, sha256: string): PluginOffer['state'] {
  switch (versionStep(version, offered)) {
    case 'newer':
      return 'update';
    case 'older':
      return 'older';
    case 'same':
      return archive === undefined || archive === sha256 ? 'installed' : 'changed';
  }
}

/** What a team's folder offers, and what of it is installed here. Throws `unreadable`, `invalid_index`. */
export async function teamOffers(
  store: Pick<PluginStore, 'readIndex'>,
  folder: string,
  installed: (id: string) => InstalledPlugin | undefined,
): Promise<PluginOffer[]> {
  const { text } = await store.readIndex(folder);
  return parseIndex(text, folder).plugins.map(({ id, version, file, sha256 }) => {
    const known = installed(id);
    const state = known === undefined ? 'available' : stateBeside(known, version, sha256);
    return { id, version, file: posix.join(folder, file), pin: sha256, state, installed: known?.version ?? null };
  });
}
