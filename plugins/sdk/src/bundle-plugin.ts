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
  /** With what leads from the bundle back to its sources. */
  readonly sourcemap?: 'inline';
}

/** Bundles a file of a plugin's folder as it runs in the sandbox, and gives every file that went in. Throws BuildProblem with the file and the line. */
export async function bundlePlugin(folder: string, { entry, ...options }: PluginBundle): Promise<string[]> {
  try {
    const { metafile } = await build({
      absWorkingDir: folder,
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      target: TARGET,
      format: 'cjs',
      metafile: true,
      plugins: [typeboxMembers],
      logLevel: 'silent',
      ...options,
    });
    return Object.keys(metafile.inputs).map((input) => resolve(folder, input));
  } catch (thrown) {
    const { errors }: { errors?: Message[] } = Object(thrown);
    const [first] = errors ?? [];
    if (errors === undefined || first === undefined) throw thrown;
    throw new BuildProblem({
      state: errorText(folder, first),
      why: errors
        .slice(0, SHOWN_ERRORS)
        .map((error) => `${errorText(folder, error)}${lineOf(error)}`)
        .join('; '),
      fix: fixOf(first),
    });
  }
}

/** Ends the compiler, which otherwise waits for more. */
export async function endCompiler(): Promise<void> {
  await stop();
}

function errorText(folder: string, { text, location }: Message): string {
  if (location === null) return text;
  const file = relative(folder, resolve(folder, location.file));
  return `${file}:${location.line}:${location.column + 1}: ${text}`;
}

function lineOf({ location }: Message): string {
  const line = location?.lineText.trim() ?? '';
  return line === '' ? '' : `, in: ${line.slice(0, 200)}`;
}

function fixOf({ text }: Message): string {
  const missing = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  if (missing === undefined) return 'Mend that line and save it.';
  if (/^[./]/.test(missing) || missing.startsWith('src/')) return `Write ${missing}, or mend the line that names it.`;
  return `Bring ${missing} with npm install in the plugin's folder, or mend its name.`;
}
