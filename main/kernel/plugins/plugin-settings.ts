import type { ValidateFunction } from 'ajv/dist/2020.js';
import Type, { type Static } from 'typebox';
import { Fault } from '../../../schema/fault.ts';
import { PluginId } from '../../../schema/plugin-manifest.ts';
import { problemsOf, toolSchemaCompiler } from '../tools/tool-schema.ts';
import type { Kept } from './installing/installed-record.ts';

/** What the operator set for a plugin. */
export const KeptPluginSettings = Type.Object({ id: PluginId, values: Type.Record(Type.String(), Type.Unknown()) });
export type KeptPluginSettings = Static<typeof KeptPluginSettings>;

type Values = Record<string, unknown>;

export interface PluginSettingsOptions {
  readonly kept: Kept<KeptPluginSettings>;
  /** Of the manifest; undefined where a plugin has no settings or is not there. */
  readonly schemaOf: (plugin: string) => Record<string, unknown> | undefined;
}

/** What operators set for plugins, by the schema in each plugin's manifest. */
export class PluginSettings {
  readonly #options: PluginSettingsOptions;
  readonly #compile = toolSchemaCompiler();
  readonly #validators = new WeakMap<object, ValidateFunction>();

  constructor(options: PluginSettingsOptions) {
    this.#options = options;
  }

  /** The schema, and what is set with its defaults; what an older version left that no longer fits is not there. Throws `plugin_unknown`. */
  get(plugin: string): { readonly schema: Record<string, unknown>; readonly values: Values } {
    const schema = this.#schema(plugin);
    const validate = this.#validator(schema);
    const kept = structuredClone(this.#options.kept.get(plugin)?.values ?? {});
    if (validate(kept)) return { schema, values: kept };
    const fitting = withoutMembers(kept, unfitting(kept, schema, validate));
    if (validate(fitting)) return { schema, values: fitting };
    const defaults = {};
    // Where something is required that has no default, it is the person's to fill in; the rest stays as it was set.
    return { schema, values: validate(defaults) ? defaults : fitting };
  }

  /** Throws `plugin_unknown`, `invalid_setting` with JSON pointers. */
  async set(plugin: string, values: Values): Promise<Values> {
    const validate = this.#validator(this.#schema(plugin));
    const wanted = structuredClone(values);
    if (!validate(wanted)) {
      const errors = problemsOf(validate);
      const [first] = errors;
      const what = `${first?.pointer || 'they'} ${first?.message ?? 'are wrong'}`;
      throw new Fault('invalid_setting', `Cannot change the settings of "${plugin}": ${what}`, { data: { errors } });
    }
    await this.#options.kept.putSynced(plugin, { id: plugin, values });
    return wanted;
  }

  /** For a call of one of its tools; undefined where it has no settings. Throws `invalid_setting` where something required is not set. */
  forCall(plugin: string): Values | undefined {
    if (this.#options.schemaOf(plugin) === undefined) return undefined;
    const { schema, values } = this.get(plugin);
    if (this.#validator(schema)(values)) return values;
    throw new Fault('invalid_setting', `Cannot call the tools of "${plugin}": its settings are not filled in`, {
      why: problemsOf(this.#validator(schema))
        .map(({ pointer, message }) => `${pointer} ${message}`.trim())
        .join('; '),
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

  #validator(schema: Record<string, unknown>): ValidateFunction {
    const known = this.#validators.get(schema) ?? this.#compile(schema);
    this.#validators.set(schema, known);
    return known;
  }
}

/** The members that something is wrong with, or that the schema does not name any more. */
function unfitting(values: Values, { properties }: Record<string, unknown>, { errors }: ValidateFunction): Set<string> {
  const wrong = (errors ?? []).flatMap(({ instancePath }) => instancePath.split('/')[1] ?? []);
  const named = new Set(Object.keys(Object(properties)));
  return new Set([
    ...wrong.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
    ...Object.keys(values).filter((name) => !named.has(name)),
  ]);
}

function withoutMembers(values: Values, names: ReadonlySet<string>): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
}
