import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackPackage } from './unpack-package.ts';

/** What plugins are written and built with, where this program brings it. */
export interface AuthorKit {
  /** A folder for each template. */
  readonly templates: string;
  /** The module of the thread that builds. */
  readonly builder: string;
  /** What that thread has in its environment beside this process's. */
  readonly variables: Readonly<Record<string, string>>;
  /** What `{{…}}` stands for in a template. */
  readonly words: Readonly<Record<'sdk' | 'typebox' | 'nodeTypes' | 'moduleBuilder', string>>;
  /** Puts the packages that a new plugin needs below its folder, as `npm install` would. */
  provide(folder: string): Promise<void>;
}

/** A checkout's: the SDK as it lies there, so that what is changed in it is tried at once. */
export function checkoutKit(checkout: string): AuthorKit {
  const sdk = join(checkout, 'plugins/sdk');
  const [typebox, nodeTypes] = [join(checkout, 'node_modules/typebox'), join(checkout, 'node_modules/@types/node')];
  return {
    templates: join(sdk, 'templates'),
    builder: join(sdk, 'src/build-worker.ts'),
    variables: {},
    words: {
      sdk,
      typebox: versionOf(typebox),
      nodeTypes: versionOf(nodeTypes),
      moduleBuilder: 'src/build-module.ts',
    },
    async provide(folder) {
      for (const [name, target] of Object.entries({ '@cavern/plugin-sdk': sdk, typebox, '@types/node': nodeTypes })) {
        const link = join(folder, 'node_modules', name);
        mkdirSync(dirname(link), { recursive: true });
        symlinkSync(target, link);
      }
    },
  };
}

/** What scripts/dist/author-kit.mjs says of the packages that it brings. */
interface KitPackages {
  /** The file that `package.json` of a plugin names, as no registry has it. */
  readonly sdk: string;
  readonly packages: readonly { readonly name: string; readonly version: string; readonly file: string }[];
}

/** The installed program's: copies, as nothing of a plugin may depend on where the program lies, and an AppImage lies elsewhere every time. */
export function installedKit(folder: string): AuthorKit {
  const archives = join(folder, 'packages');
  const listed = (): KitPackages => JSON.parse(readFileSync(join(archives, 'packages.json'), 'utf8'));
  return {
    templates: join(folder, 'templates'),
    builder: join(folder, 'build-worker.mjs'),
    variables: { ESBUILD_BINARY_PATH: join(folder, process.platform === 'win32' ? 'esbuild.exe' : 'esbuild') },
    get words() {
      const { sdk, packages } = listed();
      const version = (wanted: string): string => packages.find(({ name }) => name === wanted)?.version ?? '';
      return {
        sdk: `vendor/${sdk}`,
        typebox: version('typebox'),
        nodeTypes: version('@types/node'),
        moduleBuilder: 'dist/build-module.js',
      };
    },
    async provide(target) {
      const { sdk, packages } = listed();
      for (const { name, file } of packages) {
        await unpackPackage(join(archives, file), join(target, 'node_modules', name));
      }
      mkdirSync(join(target, 'vendor'), { recursive: true });
      copyFileSync(join(archives, sdk), join(target, 'vendor', sdk));
    },
  };
}

function versionOf(folder: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return String(version);
}
