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
  /** Who would have to be trusted. */
  readonly publisher?: string;
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

/** A package on its way into the store, in a folder of its own; disposing takes it away again. */
export interface StagedPackage extends AsyncDisposable {
  /** The absolute folder; what is wrong with the package may have left it empty. */
  readonly folder: string;
  readonly content: PluginPackage;
  /** SHA-256 of the archive that it was unpacked from; absent where it was a folder, or lies in the store. */
  readonly archive?: string;
  /** The text of a file, up to a limit in bytes; undefined where there is none. */
  readText(path: string, limitBytes: number): Promise<string | undefined>;
  /** The absolute folder that it has in the store once it is kept under that digest. */
  storeFolder(digest: string): string;
}

export interface PackageSource {
  /** The absolute path of a folder or a `.tgz`. */
  readonly source: string;
  /** SHA-256 that the `.tgz` must have. */
  readonly pin?: string | undefined;
}

export interface KeptPackage {
  readonly digest: string;
  /** A file of it that is a program to run; none is without this, whatever the package says. */
  readonly program?: string | undefined;
}

/** Port: where installed plugins lie, each in a folder that is named by its digest. */
export interface PluginStore {
  /** Copies or unpacks a package, up to the first thing that no package may hold. Throws Fault `unreadable`, `storage_failed`. */
  stage(source: PackageSource): Promise<StagedPackage>;
  /** The same reading for what lies in the store. Throws where it is not there. */
  read(digest: string): Promise<Omit<StagedPackage, keyof AsyncDisposable>>;
  /** Puts a staged package into the store, whole or not at all. Throws Fault `storage_failed`. */
  keep(staged: StagedPackage, as: KeptPackage): Promise<void>;
  remove(digest: string): Promise<void>;
  /** Takes away what an interrupted installation left, and every package but these. */
  sweep(keep: ReadonlySet<string>): Promise<void>;
  /** Why a folder is not the operator's alone to write; undefined where it is. Throws Fault `unreadable`. */
  foreignTo(folder: string): Promise<string | undefined>;
  /** The text of a team's index; throws Fault `unreadable`. */
  readIndex(folder: string): Promise<{ readonly folder: string; readonly text: string }>;
}
