import { DEFAULT_SETTINGS, Settings } from '../../../schema/contract/app.ts';
import { Fault } from '../../../schema/fault.ts';
import { describeErrors } from '../dispatch/validators.ts';
import { ownValidator } from '../validation/own-schema.ts';

type Name = keyof Settings;

/** What a variable may set for the kernel that is started with it. The rest is security, or what the window remembers. */
const OPEN: ReadonlySet<Name> = new Set([
  'theme',
  'language',
  'engine',
  'engineSocket',
  'editor',
  'terminalFontSize',
  'sandboxPoolMiB',
  'tasksAtOnce',
]);
const validator = ownValidator<Settings>(Settings);

/** `tasksAtOnce` is `CAVERN_TASKS_AT_ONCE`, `sandboxPoolMiB` `CAVERN_SANDBOX_POOL_MIB`. */
export function variableOf(name: Name): string {
  return `CAVERN_${name
    .replace('MiB', 'Mib')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

function valueOf(name: Name, text: string): unknown {
  return typeof DEFAULT_SETTINGS[name] === 'number' && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** The settings that the environment says, each as its schema wants it. A bad one, or one that is a matter of security, is refused. */
export function settingsFromEnvironment(env: Readonly<Record<string, string | undefined>>): Partial<Settings> {
  const found: Partial<Record<Name, unknown>> = {};
  for (const name of Object.keys(DEFAULT_SETTINGS) as Name[]) {
    const variable = variableOf(name);
    const text = env[variable] ?? '';
    if (text === '') continue;
    if (!OPEN.has(name)) {
      throw new Fault('invalid_setting', `Cannot use ${variable}: the environment may not set "${name}"`, {
        why: 'What is a matter of security is decided by the policy and the settings alone.',
        fix: `Unset ${variable}, or use: cavern config set ${name}`,
      });
    }
    const value = valueOf(name, text);
    const validate = validator();
    if (!validate({ ...DEFAULT_SETTINGS, [name]: value })) {
      throw new Fault('invalid_setting', `Cannot use ${variable}: ${describeErrors(validate.errors)}`, {
        why: `It is "${text}".`,
        fix: `Unset ${variable}, or give it another value.`,
      });
    }
    found[name] = value;
  }
  // Each has just been held against its schema.
  return found as Partial<Settings>;
}
