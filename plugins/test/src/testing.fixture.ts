import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { plugin } from './plugin.ts';
import type { TestResult } from './test-result.ts';

/** Where the packages lie that the tests run frameworks from. */
export const repository = resolve(import.meta.dirname, '../../..');

/** The answer of `test.run`, as far as tests look at it by name. */
export interface RunAnswer {
  readonly command: readonly string[];
  readonly tests: readonly TestResult[];
  readonly problems: readonly string[];
  readonly [key: string]: unknown;
}

export interface Project extends Disposable {
  readonly workspace: string;
  readonly harness: PluginHarness;
  put(path: string, content: string | object): void;
  /** Puts packages of this repository into its node_modules, with their programs. */
  install(...names: string[]): void;
  run(input?: object): Promise<RunAnswer>;
  /** What `test.run` shows while it runs. */
  shown(input?: object): Promise<string>;
}

/** A workspace of its own with nothing in it. */
export function emptyProject(): Project {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'cavern-test-plugin-')));
  const harness = new PluginHarness({ plugin, workspace, pluginFolder: workspace });
  return {
    workspace,
    harness,
    put(path, content) {
      mkdirSync(join(workspace, path, '..'), { recursive: true });
      writeFileSync(join(workspace, path), typeof content === 'string' ? content : JSON.stringify(content));
    },
    install(...names) {
      mkdirSync(join(workspace, 'node_modules/.bin'), { recursive: true });
      for (const name of names) {
        for (const path of [name, `.bin/${name}`]) {
          symlinkSync(join(repository, 'node_modules', path), join(workspace, 'node_modules', path));
        }
      }
    },
    // The plugin's output schema says so.
    run: async (input = {}) => (await harness.call('run', input)).result as RunAnswer,
    shown: async (input = {}) => (await harness.call('run', input)).output,
    [Symbol.dispose]: () => rmSync(workspace, { recursive: true, force: true }),
  };
}

/** The states of tests by their names. */
export function statesOf({ tests }: RunAnswer): Record<string, string> {
  return Object.fromEntries(tests.map(({ name, state }) => [name, state]));
}
