import { relative, resolve } from 'node:path';
import { build, type Message, stop } from 'esbuild';
import { BuildProblem } from './build-problem.ts';
import { typeboxMembers } from './typebox-members.ts';

/** Sandboxes have at least this Node. */
const TARGET = 'node20';
const SHOWN_ERRORS = 5;

export interface PluginBundle {
  /** Below the plugin's folder. */
  readonly entry: string;
  readonly outfile: string;
  /** With what leads from the bundle back to its sources: in it, or in a file beside it. */
  readonly sourcemap?: 'inline' | 'linked';
}

/** Bundles a file of a plugin's folder as it runs in the sandbox, and gives every file that went in. Throws BuildProblem with the file and the line. */
export async function bundlePlugin(folder: string, { entry, ...options }: PluginBundle): Promise<string[]> {
  try {
    const { metafile, warnings } = await build({
      absWorkingDir: folder,
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      target: TARGET,
      format: 'cjs',
      charset: 'utf8',
      sourcesContent: false,
      metafile: true,
      plugins: [typeboxMembers],
      logLevel: 'silent',
      ...options,
    });
    // It would be found out when the code runs, without its name.
    const missing = warnings.filter(({ id }) => id === 'import-is-undefined');
    if (missing.length > 0) throw problemOf(folder, missing);
    return Object.keys(metafile.inputs).map((input) => resolve(folder, input));
  } catch (thrown) {
    const { errors }: { errors?: Message[] } = Object(thrown);
    throw errors === undefined || errors.length === 0 ? thrown : problemOf(folder, errors);
  }
}

function problemOf(folder: string, messages: readonly Message[]): BuildProblem {
  const [first] = messages;
  const texts = messages.slice(0, SHOWN_ERRORS).map((message) => `${errorText(folder, message)}${lineOf(message)}`);
  const state = first === undefined ? 'it does not build' : errorText(folder, first);
  return new BuildProblem({ state, why: texts.join('; '), fix: fixOf(first?.text ?? '') });
}

/** Ends the compiler, which otherwise waits for more. */
export async function endCompiler(): Promise<void> {
  await stop();
}

function errorText(folder: string, { text: whole, location }: Message): string {
  const text = whole.replace(
    / because there is no matching export in "[^"]*[\\/]([^"\\/]+)"$/,
    ': $1 does not export it',
  );
  if (location === null) return text;
  const file = relative(folder, resolve(folder, location.file));
  return `${file}:${location.line}:${location.column + 1}: ${text}`;
}

function lineOf({ location }: Message): string {
  const line = location?.lineText.trim() ?? '';
  return line === '' ? '' : `, in: ${line.slice(0, 200)}`;
}

function fixOf(text: string): string {
  const unknown = /^Import "([^"]+)" will always be undefined.*[\\/]typebox\.mjs"/.exec(text)?.[1];
  if (unknown !== undefined)
    return `TypeBox has no Type.${unknown}; an editor offers what it has, as Type.String or Type.Integer.`;
  if (text.startsWith('Import "')) return 'Export it there, or mend the name that is imported.';
  const missing = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  if (missing === undefined) return 'Mend that line and save it.';
  if (/^[./]/.test(missing) || missing.startsWith('src/')) return `Write ${missing}, or mend the line that names it.`;
  return `Bring ${missing} with npm install in the plugin's folder, or mend its name.`;
}
