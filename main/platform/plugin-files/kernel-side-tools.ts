import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Static } from 'typebox';
import { exists, type ExistsInput } from '../../../plugins/fs/src/tools/exists.ts';
import { listFolder, type ListInput } from '../../../plugins/fs/src/tools/list.ts';
import { readFile, type ReadInput } from '../../../plugins/fs/src/tools/read.ts';
import { runCommand } from '../../../plugins/sdk/src/run-command.ts';
import { ToolError } from '../../../plugins/sdk/src/tool-error.ts';
import { resolveInView } from '../../../plugins/sdk/src/view-path.ts';
import type { SearchSite } from '../../../plugins/search/src/ripgrep.ts';
import { glob, type GlobInput } from '../../../plugins/search/src/tools/glob.ts';
import { grep, type GrepInput } from '../../../plugins/search/src/tools/grep.ts';
import { Fault } from '../../../schema/fault.ts';
import type { SessionLayer } from '../../kernel/sandboxes/session-layer.ts';
import type { KernelSideCall, KernelSideTools } from '../../kernel/tools/ports.ts';
import { LayeredView, type SandboxUser, Unsure } from './layered-view.ts';

export interface KernelSideOptions {
  readonly user: SandboxUser;
  /** The ripgrep that the search plugin has inside. */
  readonly ripgrep: string;
}

const LOOKS = 3;
const OUTSIDE = '..';
const IGNORE_FILES = ['.gitignore', '.ignore', '.rgignore', '.git'];

/** ripgrep looks at the ignore files of the folders above as well; inside, there is nothing above. */
function hasIgnoreFilesAbove(workspace: string): boolean {
  for (let folder = dirname(workspace); ; folder = dirname(folder)) {
    if (IGNORE_FILES.some((name) => existsSync(join(folder, name)))) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** The folder itself is what the sandbox sees only while the session wrote nothing and nothing is hidden from it. */
function isUntouched(layer: SessionLayer): boolean {
  return layer.strategy === 'overlay' && layer.maskedPaths.length === 0 && readdirSync(layer.upper).length === 0;
}

class KernelSide implements KernelSideTools {
  readonly #options: KernelSideOptions;

  constructor(options: KernelSideOptions) {
    this.#options = options;
  }

  async call(call: KernelSideCall): Promise<{ result: unknown } | undefined> {
    if (process.platform !== 'linux') return undefined;
    try {
      return await this.#answer(call);
    } catch (thrown) {
      if (thrown instanceof Unsure) return undefined;
      if (thrown instanceof ToolError) {
        throw new Fault(thrown.code, thrown.message, thrown.data === undefined ? {} : { data: thrown.data });
      }
      throw thrown;
    }
  }

  resolve(layer: SessionLayer, paths: readonly string[]): (string | undefined)[] {
    return paths.map((path) => whereItLeads(layer, path));
  }

  async #answer({ name, input, layer, signal, output }: KernelSideCall): Promise<{ result: unknown } | undefined> {
    const search = name === 'search.grep' || name === 'search.glob';
    if (!search && name !== 'fs.read' && name !== 'fs.list' && name !== 'fs.exists') return undefined;
    if (search && (!isUntouched(layer) || hasIgnoreFilesAbove(layer.workspace))) return undefined;
    using view = new LayeredView(layer, this.#options.user);
    // The input has been validated against the schema that each type comes from.
    switch (name) {
      case 'fs.read':
        return { result: await readFile(view, input as Static<typeof ReadInput>, signal) };
      case 'fs.list':
        return { result: await listFolder(view, input as Static<typeof ListInput>) };
      case 'fs.exists':
        return { result: exists(view, input as Static<typeof ExistsInput>) };
      case 'search.glob':
        return { result: await glob(this.#site(view, { layer, signal, output }), input as Static<typeof GlobInput>) };
      default: {
        const wanted = input as Static<typeof GrepInput>;
        // PCRE2 compiles what an agent may have written to machine code: that belongs inside.
        if (wanted.syntax === 'pcre2') return undefined;
        return { result: await grep(this.#site(view, { layer, signal, output }), wanted) };
      }
    }
  }

  #site(view: LayeredView, { layer, signal, output }: Pick<KernelSideCall, 'layer' | 'signal' | 'output'>): SearchSite {
    const { user, ripgrep } = this.#options;
    // Root would read what the sandbox's user may not, but for a workspace of its own, which is mapped to that user inside.
    const isRoot = process.getuid?.() === 0;
    const runAs = isRoot && statSync(layer.workspace).uid !== 0 ? { user } : {};
    return {
      ripgrep,
      signal,
      output,
      resolve: (path) => resolveInView(view, path),
      // ripgrep starts nothing itself with what a search gives it.
      run: (argv, options) => runCommand(argv, { ...options, ...runAs, cwd: layer.workspace, signal, group: 'shared' }),
    };
  }
}

/** What a session changes at this moment may be there a moment later. What stays unsure is taken for outside: it is not judged by its name alone. */
function whereItLeads(layer: SessionLayer, path: string): string | undefined {
  for (let look = 1; look <= LOOKS; look += 1) {
    try {
      using view = new LayeredView(layer, 'anybody');
      return leadsTo(view, path);
    } catch (thrown) {
      if (!(thrown instanceof Unsure)) throw thrown;
    }
  }
  return OUTSIDE;
}

function leadsTo(view: LayeredView, path: string): string | undefined {
  try {
    return resolveInView(view, path).path;
  } catch (thrown) {
    if (!(thrown instanceof ToolError)) throw thrown;
    if (thrown.code !== 'workspace_escape') return undefined;
    const { data } = thrown;
    const target = typeof data === 'object' && data !== null && 'target' in data ? data.target : undefined;
    return typeof target === 'string' ? target : OUTSIDE;
  }
}

export function kernelSideTools(options: KernelSideOptions): KernelSideTools {
  return new KernelSide(options);
}
