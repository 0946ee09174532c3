import { join } from 'node:path';

/**
 * How the staged app (scripts/dist/stage.mjs) becomes a package. What depends on the machine, the Electron to use, is added by scripts/dist.mjs.
 * @type {import('electron-builder').Configuration}
 */
export default {
  appId: 'dev.cavern.Cavern',
  productName: 'Cavern',
  copyright: 'Copyright the Cavern authors',
  asar: true,
  // The engine mounts the agent and the plugins into sandboxes and reads the profiles; native modules are loaded by the system.
  asarUnpack: ['out/agent/**', 'out/plugins/**', 'out/profiles/**', '**/*.node'],
  files: ['**/*', '!**/*.map', '!authoring'],
  // Folders named node_modules are only packaged at the top; the agent's is mounted into sandboxes.
  extraResources: [
    { from: 'out/agent/node_modules', to: 'app.asar.unpacked/out/agent/node_modules' },
    // What plugins are written and built with; its compiler is started by the system.
    { from: 'authoring', to: 'authoring' },
  ],
  // The manual and the completions of the command line, for whoever installs the package.
  extraFiles: [{ from: 'out/reference', to: 'reference' }],
  protocols: [{ name: 'Cavern', schemes: ['cavern'] }],
  npmRebuild: false,
  nodeGypRebuild: false,
  buildDependenciesFromSource: false,
  electronLanguages: ['en-US'],
  artifactName: '${name}-${version}-${os}-${arch}.${ext}',
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    target: ['dir'],
    executableName: 'cavern',
    // The command line, to be linked to from a folder of the PATH.
    extraFiles: [{ from: join(import.meta.dirname, 'scripts/dist/linux'), to: 'bin' }],
    category: 'Development',
    synopsis: 'Tools, terminals and agents in sandboxes, decided by a policy and kept in an audit chain',
    maintainer: 'The Cavern authors <cavern@localhost>',
  },
  deb: { recommends: ['docker.io | docker-ce | podman'] },
  mac: { target: ['dir'], category: 'public.app-category.developer-tools', hardenedRuntime: true },
  win: { target: ['dir'] },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
};
