import Type, { type Static } from 'typebox';
import type { PluginComponent } from '../../../../schema/contract/plugin.ts';
import { ownValidator } from '../../validation/own-schema.ts';

/** No list of what is in a plugin is longer. */
export const SBOM_LIMIT_BYTES = 4 * 1024 * 1024;

const License = Type.Object({
  license: Type.Optional(Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) })),
  expression: Type.Optional(Type.String()),
});

/** The part of CycloneDX 1.4 and later (ECMA-424) that is shown; the rest may be there and is not looked at. */
const Bom = Type.Object({
  bomFormat: Type.Literal('CycloneDX'),
  specVersion: Type.String({ pattern: '^1\\.[4-9]$' }),
  components: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ minLength: 1, maxLength: 500 }),
        version: Type.Optional(Type.String({ maxLength: 200 })),
        licenses: Type.Optional(Type.Array(License, { maxItems: 20 })),
      }),
      { maxItems: 5000 },
    ),
  ),
});

const validator = ownValidator<Static<typeof Bom>>(Bom);

function licenseText(licenses: Static<typeof License>[] = []): string | undefined {
  const names = licenses.flatMap(({ license, expression }) => expression ?? license?.id ?? license?.name ?? []);
  return names.length === 0 ? undefined : names.join(', ');
}

/** What a CycloneDX document lists; undefined where the text is none. */
export function componentsOf(text: string): PluginComponent[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const valid = validator();
  if (!valid(value)) return undefined;
  return (value.components ?? []).map(({ name, version, licenses }) => {
    const license = licenseText(licenses);
    return { name, ...(version === undefined ? {} : { version }), ...(license === undefined ? {} : { license }) };
  });
}
