import { resolve } from 'node:path';
import { type Command, stringOf } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { value } from '../../option.ts';

export const doctor: Command = {
  words: ['doctor'],
  usage: 'doctor [--bundle FILE]',
  about: 'Check everything a session needs, each failure with its remedy',
  options: {
    bundle: value(
      'file',
      'Also write a diagnostics bundle there: versions, settings, logs and crashes, without secrets',
    ),
  },
  positionals: [0, 0],
  document:
    '{ ok, node, electron, engine: { kind, version, socket }, image: { ready, name }, workspaceStrategy, diskLimit, keystore, checks: [{ name, ok, message, fix }] }, and with --bundle bundle: { file, bytes, entries: [{ name, bytes }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.app.doctor({}, { signal: context.signal });
    const text = document.checks
      .map(
        (check) =>
          `${check.ok ? '✓' : '✗'} ${check.name}: ${check.message}${check.fix === null ? '' : `\n    fix: ${check.fix}`}\n`,
      )
      .join('');
    const exitCode = document.ok ? EXIT.ok : document.engine === null ? EXIT.engine : EXIT.failed;
    const file = stringOf(context, 'bundle');
    if (file === undefined) return { document, text, exitCode };
    const bundle = await client.diagnostics.save({ file: resolve(file) }, { signal: context.signal });
    return { document: { ...document, bundle }, text: `${text}${bundleText(bundle)}`, exitCode };
  },
};

interface Bundle {
  readonly file: string;
  readonly bytes: number;
  readonly entries: readonly { readonly name: string; readonly bytes: number }[];
}

function bundleText({ file, bytes, entries }: Bundle): string {
  const list = entries.map((entry) => `    ${entry.name} (${entry.bytes} bytes)\n`).join('');
  return `Diagnostics: ${file}, ${bytes} bytes. Look into it before you hand it on:\n${list}`;
}
