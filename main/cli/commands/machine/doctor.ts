import type { Command } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';

export const doctor: Command = {
  words: ['doctor'],
  usage: 'doctor',
  about: 'Check everything a session needs, each failure with its remedy',
  positionals: [0, 0],
  document:
    '{ ok, node, electron, engine: { kind, version, socket }, image: { ready, name }, workspaceStrategy, diskLimit, keystore, checks: [{ name, ok, message, fix }] }',
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
    return { document, text, exitCode };
  },
};
