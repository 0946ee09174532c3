import type { FormSchema } from '../../ui/json-schema.ts';
import { messages } from './messages.ts';

/** Kept by the window itself, or edited in a view of their own. */
const NOT_ASKED: ReadonlySet<string> = new Set(['layout', 'recentWorkspaces', 'shortcuts', 'gateway']);

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  appearance: ['theme', 'textSize', 'terminalFontSize', 'language'],
  terminals: [
    'terminalFontFamily',
    'terminalLigatures',
    'terminalScrollback',
    'terminalBell',
    'terminalMiddleClick',
    'terminalImages',
  ],
  sessions: ['engine', 'engineSocket', 'sandboxPoolMiB', 'hiddenFiles', 'editor', 'tasksAtOnce'],
  approvals: ['approvalTimeoutMs', 'automaticMerge'],
  keeping: ['retention'],
  plugins: ['teamPlugins', 'allowUnsignedPlugins', 'pluginIdleMinutes'],
  desktop: ['notifications', 'tray'],
  updates: ['updates'],
};

export interface SettingField {
  readonly name: string;
  readonly label: string;
  readonly schema: FormSchema;
}

export interface SettingGroup {
  readonly title: string;
  readonly fields: readonly SettingField[];
}

/** The settings as their schema has them, in groups; one that no group knows stands under “Other”, so that none is forgotten. */
export function settingGroups(schema: FormSchema, text: string): SettingGroup[] {
  const known = new Set(Object.values(GROUPS).flat());
  const names = Object.keys(schema.properties ?? {}).filter((name) => !NOT_ASKED.has(name));
  const groups = { ...GROUPS, other: names.filter((name) => !known.has(name)) };
  const titles: Readonly<Record<string, string>> = messages.groups;
  return Object.entries(groups)
    .map(([group, members]): SettingGroup => {
      const title = titles[group] ?? group;
      const fields = members.filter((name) => names.includes(name)).map((name) => fieldOf(schema, name));
      return { title, fields: fields.filter((field) => isFound(`${title} ${field.name} ${field.label}`, field, text)) };
    })
    .filter(({ fields }) => fields.length > 0);
}

function fieldOf(schema: FormSchema, name: string): SettingField {
  const field = withWords(schema.properties?.[name] ?? {}, name);
  return { name, label: field.title ?? name, schema: withTitles(field, name) };
}

/** With the names and hints of the window's language, down to the last field of a group; what has none keeps the schema's. */
function withWords(field: FormSchema, path: string): FormSchema {
  const labels: Readonly<Record<string, string>> = messages.labels;
  const title = labels[path];
  const description = messages.hints[path] ?? field.description;
  const properties = Object.entries(field.properties ?? {});
  return {
    ...field,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(properties.length === 0
      ? {}
      : {
          properties: Object.fromEntries(properties.map(([name, one]) => [name, withWords(one, `${path}.${name}`)])),
        }),
  };
}

/** Choices by what a person calls them. */
function withTitles(field: FormSchema, name: string): FormSchema {
  const named: Readonly<Record<string, Readonly<Record<string, string>>>> = messages.choices;
  const titles = named[name];
  if (titles === undefined || field.anyOf === undefined) return field;
  const anyOf = field.anyOf.map((one) => {
    const title = titles[String(one.const)];
    return title === undefined ? one : { ...one, title };
  });
  return { ...field, anyOf };
}

/** Every word of the search is somewhere in what is said of the setting. */
function isFound(said: string, { schema }: SettingField, text: string): boolean {
  const all = `${said} ${JSON.stringify(schema)}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
