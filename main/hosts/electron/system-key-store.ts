import { safeStorage } from 'electron';

/** Backends of Linux that protect nothing: a key that is the same on every machine, or one that nobody knows. */
const WITHOUT_PROTECTION = new Set(['basic_text', 'unknown']);

export interface SystemKeyStore {
  readonly kind: 'os';
  seal(bytes: Uint8Array): Uint8Array;
  /** Throws when the bytes were sealed elsewhere. */
  open(sealed: Uint8Array): Uint8Array;
}

/** The key store of this desktop session; undefined where it has none that protects. Asked only after Electron is ready. */
export function systemKeyStore(): SystemKeyStore | undefined {
  if (!safeStorage.isEncryptionAvailable()) return undefined;
  if (process.platform === 'linux' && WITHOUT_PROTECTION.has(safeStorage.getSelectedStorageBackend())) return undefined;
  return {
    kind: 'os',
    // It keeps text; Base64 carries any bytes.
    seal: (bytes) => safeStorage.encryptString(Buffer.from(bytes).toString('base64')),
    open: (sealed) => Buffer.from(safeStorage.decryptString(Buffer.from(sealed)), 'base64'),
  };
}
