/** A file of a plugin's folder. */
export interface PackageFile {
  /** Relative to the folder, POSIX separators. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface PackageProblem {
  readonly code: string;
  readonly message: string;
  /** A file of the folder, or a JSON pointer into the manifest. */
  readonly path: string;
}

/** A plugin's folder as it lies on the disk. */
export interface PluginPackage {
  /** The text of plugin.json; undefined where there is none. */
  readonly manifest: string | undefined;
  /** All but plugin.json, sorted by path. */
  readonly files: readonly PackageFile[];
  /** What no plugin's folder may hold: links that leave it, devices, too much. */
  readonly problems: readonly PackageProblem[];
}

/** Port: folders of plugins on this machine's disk. */
export interface PluginFolders {
  /** Names of the folders in a folder, sorted; none where it does not exist. */
  list(folder: string): Promise<readonly string[]>;
  /** Throws where the folder cannot be read. */
  read(folder: string): Promise<PluginPackage>;
}
