import { canonicalJson } from './canonical-data.ts';

/** What makes an export verifiable by itself: FILE.manifest.json beside FILE. */
export interface Manifest {
  readonly version: 1;
  /** The chain id of the genesis record. */
  readonly chain: string;
  readonly first: number;
  readonly last: number;
  /** A signed note over record `last`. */
  readonly checkpoint: string;
  /** The raw Ed25519 key in Base64. */
  readonly publicKey: string;
}

/** The manifest's file: canonical JSON and a line end. */
export function formatManifest(manifest: Manifest): string {
  return `${canonicalJson(manifest)}\n`;
}

/** The manifest in a file's text, or undefined when a single byte of it is not as `formatManifest` writes it. */
export function parseManifest(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isManifest(value) && formatManifest(value) === text ? value : undefined;
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { version, chain, first, last, checkpoint, publicKey, ...rest } = value as Partial<Manifest>; // every member is looked at below
  return (
    version === 1 &&
    typeof chain === 'string' &&
    Number.isSafeInteger(first) &&
    Number.isSafeInteger(last) &&
    Number(first) >= 1 &&
    Number(last) >= Number(first) &&
    typeof checkpoint === 'string' &&
    typeof publicKey === 'string' &&
    Object.keys(rest).length === 0
  );
}
