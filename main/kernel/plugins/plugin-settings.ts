import Type, { type Static } from 'typebox';
import { Fault } from '../../../schema/fault.ts';
import { PluginId } from '../../../schema/plugin-manifest.ts';
import type { SchemaProblem } from '../../../schema/schema-problem.ts';
import { type Checked, SchemaCheck, type SchemaWork } from '../tools/schema-check.ts';
import { toolSchemaCompiler } from '../tools/tool-schema.ts';
import type { Kept } from './installing/installed-record.ts';

/** What the operator set for a plugin. */
export const KeptPluginSettings = Type.Object({ id: PluginId, values: Type.Record(Type.String(), Type.Unknown()) });
export type KeptPluginSettings = Static<typeof KeptPluginSettings>;

type Values = Record<string, unknown>;

export interface PluginSettingsOptions {
  readonly kept: Kept<KeptPluginSettings>;
  /** Of the manifest; undefined where a plugin has no settings or is not there. */
  readonly schemaOf: (plugin: string) => Record<string, unknown> | undefined;
  readonly work: SchemaWork;
}

/** What operators set for plugins, by the schema in each plugin's manifest. */
export class PluginSettings {
  readonly #options: PluginSettingsOptions;
  readonly #compile = toolSchemaCompiler();
  readonly #checks = new WeakMap<object, SchemaCheck>();

  constructor(options: PluginSettingsOptions) {
    this.#options = options;
  }

  /**
   * The schema, and what is set with its defaults; what an older version left that no longer fits is not there.
   * Throws `plugin_unknown`, `schema_too_costly`.
   */
  async get(plugin: string): Promise<{ readonly schema: Record<string, unknown>; readonly values: Values }> {
    const schema = this.#schema(plugin);
    const kept = this.#options.kept.get(plugin)?.values ?? {};
    const whole = await this.#check(plugin, schema, kept);
    if (whole.ok) return { schema, values: valuesIn(whole) };
    const fitting = await this.#check(plugin, schema, withoutMembers(kept, unfitting(kept, schema, whole.problems)));
    if (fitting.ok) return { schema, values: valuesIn(fitting) };
    const defaults = await this.#check(plugin, schema, {});
    // Where something is required that has no default, it is the person's to fill in; the rest stays as it was set.
    return { schema, values: valuesIn(defaults.ok ? defaults : fitting) };
  }

  /** Throws `plugin_unknown`, `schema_too_costly`, `invalid_setting` with JSON pointers. */
  async set(plugin: string, values: Values): Promise<Values> {
    const checked = await this.#check(plugin, this.#schema(plugin), values);
    if (!checked.ok) {
      const errors = checked.problems;
      const [first] = errors;
      const what = `${first?.pointer || 'they'} ${first?.message ?? 'are wrong'}`;
      throw new Fault('invalid_setting', `Cannot change the settings of "${plugin}": ${what}`, { data: { errors } });
    }
    await this.#options.kept.putSynced(plugin, { id: plugin, values });
    return valuesIn(checked);
  }

  /** For a call of one of its tools; undefined where it has no settings. Throws `invalid_setting` where something required is not set. */
  async forCall(plugin: string): Promise<Values | undefined> {
    if (this.#options.schemaOf(plugin) === undefined) return undefined;
    const { schema, values } = await this.get(plugin);
    const checked = await this.#check(plugin, schema, values);
    if (checked.ok) return values;
    throw new Fault('invalid_setting', `Cannot call the tools of "${plugin}": its settings are not filled in`, {
      why: checked.problems.map(({ pointer, message }) => `${pointer} ${message}`.trim()).join('; '),
      fix: 'Fill them in: Plugins, the plugin, Settings.',
    });
  }

  async forget(plugin: string): Promise<void> {
    if (this.#options.kept.get(plugin) === undefined) return;
    this.#options.kept.delete(plugin);
    await this.#options.kept.flush();
  }

  #schema(plugin: string): Record<string, unknown> {
    const schema = this.#options.schemaOf(plugin);
    if (schema !== undefined) return schema;
    throw new Fault('plugin_unknown', `Cannot show the settings of "${plugin}": no plugin of that name has any`);
  }

  /** Of a copy, which has the defaults then. */
  #check(plugin: string, schema: Record<string, unknown>, values: Values): Checked | Promise<Checked> {
    const { work } = this.#options;
    const options = { author: 'foreign', plugin, tell: 'all', paths: 'left', compile: this.#compile, work } as const;
    const check = this.#checks.get(schema) ?? new SchemaCheck(schema, options);
    this.#checks.set(schema, check);
    return check.check(structuredClone(values));
  }
}

/** With their defaults. */
function valuesIn({ value }: Checked): Values {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The members that something is wrong with, or that the schema does not name any more. */
function unfitting(
  values: Values,
  { properties }: Record<string, unknown>,
  problems: readonly SchemaProblem[],
): Set<string> {
  const wrong = problems.flatMap(({ pointer }) => pointer.split('/')[1] ?? []);
  const named = new Set(Object.keys(Object(properties)));
  return new Set([
    ...wrong.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
    ...Object.keys(values).filter((name) => !named.has(name)),
  ]);
}

function withoutMembers(values: Values, names: ReadonlySet<string>): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
}
