import { type MirrorOpening, type MirrorSize, type MirrorSnapshot, MirrorTerminals } from './mirror-terminals.ts';

/** What the mirror's worker can be asked. */
export type MirrorOperations = {
  open(input: MirrorOpening): void;
  write(input: { id: string; bytes: Uint8Array }): Promise<number | undefined>;
  resize(input: MirrorSize & { id: string }): Promise<void>;
  snapshot(input: { id: string }): Promise<MirrorSnapshot>;
  close(input: { id: string }): void;
};

export function mirrorOperations(): MirrorOperations {
  const terminals = new MirrorTerminals();
  return {
    open: (input) => terminals.open(input),
    write: (input) => terminals.write(input),
    resize: (input) => terminals.resize(input),
    snapshot: (input) => terminals.snapshot(input),
    close: (input) => terminals.close(input),
  };
}
