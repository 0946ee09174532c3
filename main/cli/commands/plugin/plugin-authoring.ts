import { basename, resolve } from 'node:path';
import { userInfo } from 'node:os';
import { type Command, type CommandContext, isSet, type Result, stringOf } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { usageFault } from '../../output/print.ts';
import { flag, value } from '../../option.ts';
import { draftMcpPlugin } from './plugin-draft.ts';

const NEW_USAGE =
  'plugin new DIR [--publisher NAME] [--template node|wasm] | --template mcp --server FILE [--license SPDX] [-- ARG…]';
const SIGN_USAGE = 'plugin sign FILE --key KEY.pem [--new-key] | --to-sign BYTES | --bundle BUNDLE.json';

/** Node's runs in a sandbox; `wasm`, AssemblyScript, without one; `mcp` is a server that is there. */
function templateOf(context: CommandContext): 'node' | 'wasm' | 'mcp' {
  const template = stringOf(context, 'template') ?? 'node';
  if (template === 'node' || template === 'wasm' || template === 'mcp') return template;
  throw usageFault(`Cannot make a plugin: there is no template "${template}"`, NEW_USAGE);
}

const create: Command = {
  words: ['plugin', 'new'],
  usage: NEW_USAGE,
  about: 'Write a plugin that works, to begin from, or make one of an MCP server',
  options: {
    publisher: value('text', 'Who publishes it'),
    template: value(['node', 'wasm', 'mcp'], 'What it is written for'),
    server: value(
      'file',
      'The MCP server, in the folder or to be copied there; it is asked for its tools in a sandbox',
    ),
    license: value('text', 'Of the MCP server'),
  },
  positionals: [1, 1],
  takes: ['folder'],
  document: '{ folder, files }; of an MCP server also { notes, errors }',
  async run(context) {
    const folder = resolve(context.positionals[0] ?? '');
    const publisher = stringOf(context, 'publisher') ?? userInfo().username;
    const template = templateOf(context);
    const id = basename(folder);
    const server = stringOf(context, 'server');
    if (template === 'mcp') {
      if (server === undefined) throw usageFault('Cannot make a plugin: --server is missing', NEW_USAGE);
      const license = stringOf(context, 'license') ?? 'UNKNOWN';
      return draftMcpPlugin(context, { folder, id, publisher, license, server: resolve(server) });
    }
    if (server !== undefined) throw usageFault('Cannot make a plugin: --server is for --template mcp', NEW_USAGE);
    const files = await context.offline.plugins.create({ folder, id, publisher, template });
    return { document: { folder, files }, text: files.map((file) => `${file}\n`).join('') };
  },
};

const check: Command = {
  words: ['plugin', 'check'],
  usage: 'plugin check PATH',
  about: 'Check a folder or a .tgz against the manifest schema and against itself; nothing is installed',
  positionals: [1, 1],
  takes: ['folder'],
  document:
    '{ ok, id, errors: [{ code, message, path }], warnings: [{ code, message, path, fix }] }; warnings fail nothing',
  async run(context) {
    const { id, problems, warnings } = await context.offline.plugins.check(resolve(context.positionals[0] ?? ''));
    const document = { ok: problems.length === 0, id, errors: problems, warnings };
    const errors = problems.map(({ path, code, message }) => `${path}: ${code}: ${message}\n`);
    const warned = warnings.map(({ path, code, message, fix }) => `${path}: warning: ${code}: ${message}\n  ${fix}\n`);
    const text = [...(document.ok ? [`${id}: ok\n`] : errors), ...warned].join('');
    return { document, text, exitCode: document.ok ? EXIT.ok : EXIT.failed };
  },
};

const pack: Command = {
  words: ['plugin', 'pack'],
  usage: 'plugin pack DIR [--to FOLDER] [--source-map]',
  about: 'Pack a plugin into one file with the digest of everything in it',
  options: {
    to: value('folder', 'Where the package goes'),
    'source-map': flag('Keep the lines of its sources in the package, for the stacks of errors'),
  },
  positionals: [1, 1],
  takes: ['folder'],
  document: '{ file, id, version, sha256 }',
  async run(context) {
    const folder = resolve(context.positionals[0] ?? '');
    const to = resolve(stringOf(context, 'to') ?? '.');
    const document = await context.offline.plugins.pack(
      folder,
      to,
      isSet(context, 'source-map') ? { sourcemap: 'linked' } : {},
    );
    return { document, text: `${document.file}\n` };
  },
};

/** The bytes go out to a program that signs, and come back as its bundle. */
async function signedThroughSigstore(context: CommandContext): Promise<Result | undefined> {
  const file = resolve(context.positionals[0] ?? '');
  const [bytes, bundle] = [stringOf(context, 'to-sign'), stringOf(context, 'bundle')];
  if (bytes !== undefined) {
    const document = { file: resolve(bytes) };
    await context.offline.plugins.bytesToSign(file, document.file);
    const text = `${document.file}\nTo sign it: cosign sign-blob --bundle bundle.json ${bytes}\n`;
    return { document, text };
  }
  if (bundle === undefined) return undefined;
  const document = await context.offline.plugins.attachBundle(file, resolve(bundle));
  return { document, text: `${document.file}\n` };
}

const sign: Command = {
  words: ['plugin', 'sign'],
  usage: SIGN_USAGE,
  about: "Sign a packed plugin with a publisher's Ed25519 key, or through Sigstore in two steps",
  options: {
    key: value('file', 'The Ed25519 key, PEM'),
    'new-key': flag('Make the key where it is missing'),
    'to-sign': value('file', 'Write the bytes that a signature through Sigstore is over'),
    bundle: value('file', 'Put this Sigstore bundle into the package'),
  },
  positionals: [1, 1],
  takes: ['file'],
  document:
    '{ file, id, version, sha256, publisher, publicKey } with --key, without the last two with --bundle; with --to-sign { file }',
  async run(context) {
    const through = await signedThroughSigstore(context);
    if (through !== undefined) return through;
    const key = stringOf(context, 'key');
    if (key === undefined) throw usageFault('Cannot sign the plugin: --key is missing', SIGN_USAGE);
    const document = await context.offline.plugins.sign(resolve(context.positionals[0] ?? ''), {
      path: resolve(key),
      missing: isSet(context, 'new-key') ? 'create' : 'refuse',
    });
    const text = `${document.file}\nTo trust it: cavern plugin trust '${document.publisher}' ${document.publicKey}\n`;
    return { document, text };
  },
};

const index: Command = {
  words: ['plugin', 'index'],
  usage: 'plugin index FOLDER',
  about: "Write index.json of a team's folder of packages, with the digest of each",
  positionals: [1, 1],
  takes: ['folder'],
  document: 'the index that was written',
  async run(context) {
    const document = await context.offline.plugins.index(resolve(context.positionals[0] ?? ''));
    return { document, text: document.plugins.map(({ id, version }) => `${id} ${version}\n`).join('') };
  },
};

/** What whoever writes a plugin needs; all of it without a kernel. */
export const pluginAuthoringCommands: readonly Command[] = [create, check, pack, sign, index];
