import { DEFAULT_SETTINGS, type SettingSource, Settings } from '../../../schema/contract/app.ts';
import { Fault } from '../../../schema/fault.ts';
import { Broadcast } from '../../base/broadcast.ts';
import { describeErrors } from '../dispatch/validators.ts';
import { ownValidator } from '../validation/own-schema.ts';

/** Where the settings are kept: one text. */
export interface SettingsFile {
  /** undefined where there is none yet. */
  read(): string | undefined;
  /** Old or new, never half. */
  write(text: string): void;
  /** Puts a file that cannot be used aside and gives the name it has then. */
  setAside(): string;
}

/** The newest first. */
const RECENT_LIMIT = 10;
const validator = ownValidator<Settings>(Settings);

function parse(text: string): Settings {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('they are not an object');
  const settings: unknown = { ...DEFAULT_SETTINGS, ...value };
  const validate = validator();
  if (!validate(settings)) throw new Error(describeErrors(validate.errors));
  return settings;
}

/** What the operator chose. A file that cannot be read is put aside, said, and replaced by the defaults; it is never overwritten. */
export class SettingsStore {
  readonly #file: SettingsFile;
  readonly #environment: Partial<Settings>;
  /** Without what the environment says: that is never written down. */
  #settings: Settings;
  #problem: string | null = null;
  readonly #changes = new Broadcast<Settings>();

  /** `environment` goes before what the file says, for as long as this process lives. */
  constructor(file: SettingsFile, environment: Partial<Settings> = {}) {
    this.#file = file;
    this.#environment = environment;
    const text = file.read();
    try {
      this.#settings = parse(text ?? '{}');
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.#problem = `The settings could not be read (${why}). They were kept as ${file.setAside()}; the defaults are in use.`;
      this.#settings = parse('{}');
    }
  }

  get current(): Settings {
    return { ...this.#settings, ...this.#environment };
  }

  /** As they are, and again whenever they change, until the signal aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<{ settings: Settings }, void, undefined> {
    const changes = this.#changes.listen(signal);
    yield { settings: this.current };
    for await (const settings of changes) yield { settings };
  }

  /** Where each value comes from. */
  get sources(): Record<string, SettingSource> {
    const of = (key: keyof Settings): SettingSource => {
      if (this.#environment[key] !== undefined) return 'environment';
      return JSON.stringify(this.#settings[key]) === JSON.stringify(DEFAULT_SETTINGS[key]) ? 'default' : 'user';
    };
    return Object.fromEntries(Object.keys(this.#settings).map((key) => [key, of(key as keyof Settings)])); // its own keys
  }

  /** Why the file was set aside at this start, if it was. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Remembers a workspace as the newest, and its layout where one is given. */
  arrange(workspace: string, layout: unknown): Settings {
    const { recentWorkspaces, layout: layouts } = this.#settings;
    const recent = [workspace, ...recentWorkspaces.filter((each) => each !== workspace)].slice(0, RECENT_LIMIT);
    return this.change({
      recentWorkspaces: recent,
      ...(layout === undefined ? {} : { layout: { ...layouts, [workspace]: layout } }),
    });
  }

  change(change: Partial<Settings>): Settings {
    const next: unknown = { ...this.#settings, ...change };
    const validate = validator();
    if (!validate(next)) {
      throw new Fault('invalid_setting', `Cannot change the settings: ${describeErrors(validate.errors)}`);
    }
    this.#file.write(`${JSON.stringify(next, null, 2)}\n`);
    this.#settings = next;
    this.#changes.publish(this.current);
    return this.current;
  }
}
