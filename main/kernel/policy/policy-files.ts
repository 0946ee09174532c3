/** Port: where the documents lie. Reading is short, a person's document is small, and it happens when a file has changed. */
export interface PolicyFiles {
  readonly defaultPath: string;
  readonly userPath: string;
  workspacePath(workspace: string): string;
  /** Undefined where there is no such file; throws where it cannot be read. */
  read(path: string): string | undefined;
  /** Changes with the file; undefined where there is none. Cheap enough to be asked before a decision. */
  stamp(path: string): string | undefined;
  /** Puts a text in the place of the operator's document: to a temporary file, synced, renamed. Throws where that fails. */
  writeUser(text: string): void;
}

/** A document that was in force, as it is kept. */
export interface KeptVersion {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly note?: string;
  readonly text: string;
}

/** Port: the documents that were in force. */
export interface PolicyHistory {
  /** Oldest first. */
  list(): KeptVersion[];
  /** On disk when it returns; throws where it cannot be written. */
  keep(version: Omit<KeptVersion, 'id'>): KeptVersion;
}
