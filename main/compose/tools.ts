import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { PluginRegistry } from '../kernel/plugins/plugin-registry.ts';
import { INSIDE } from '../kernel/sandboxes/container-spec.ts';
import { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { Tools } from '../kernel/tools/tools.ts';
import { kernelSideTools } from '../platform/plugin-files/kernel-side-tools.ts';
import { gitIdentity } from '../platform/plugin-files/operator-identity.ts';
import { pluginFolders } from '../platform/plugin-files/plugin-folders.ts';
import type { ComposeOptions } from './compose-options.ts';
import { sandboxUser } from './sandbox-user.ts';

/** The registry of plugins and the calls to their tools. */
export function composeTools({ files, logger }: ComposeOptions, sandboxes: Sandboxes) {
  const plugins = new PluginRegistry({
    folders: pluginFolders(),
    builtinFolder: files.plugins,
    insideFolder: INSIDE.plugins,
    logger,
  });
  const kernelSide = kernelSideTools({ user: sandboxUser(), ripgrep: join(files.plugins, 'search', 'bin', 'rg') });
  const tools = new Tools({
    source: plugins,
    sandboxes,
    kernelSide,
    operator: gitIdentity(),
    clock: systemClock,
    logger,
  });
  return { plugins, tools };
}
