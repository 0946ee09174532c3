/** What no package may exceed (spec: plugins.md, Manifest). */
export const MANIFEST = 'plugin.json';
export const MANIFEST_LIMIT_BYTES = 1024 * 1024;
export const PACKAGE_LIMIT_BYTES = 64 * 1024 * 1024;
export const FILE_LIMIT = 5_000;
