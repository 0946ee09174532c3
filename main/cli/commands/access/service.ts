import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { flag } from '../../option.ts';
import { SERVE_OPTIONS, SERVE_USAGE, serveArguments } from './serve.ts';
import { serviceUnit } from '../../service/unit.ts';

const UNIT = 'cavern.service';

/** Where systemd looks for the units of a user (systemd.unit(5)). */
function unitFile(env: CommandContext['env']): string {
  const config = env['XDG_CONFIG_HOME'] ?? '';
  return join(config === '' ? join(homedir(), '.config') : config, 'systemd', 'user', UNIT);
}

function unitOf(context: CommandContext, usage: string): string {
  const home = stringOf(context, 'home') ?? (context.env['CAVERN_HOME'] || undefined);
  const args = [...serveArguments(context, usage), ...(home === undefined ? [] : ['--home', resolve(home)])];
  return serviceUnit({ program: context.program, args, version: context.version });
}

async function systemctl(...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('systemctl', ['--user', ...args]);
    return stdout.trim();
  } catch (thrown) {
    const { stderr, message } = thrown as { stderr?: string; message: string }; // what execFile rejects with
    throw new Fault('service_manager', 'Cannot reach the service manager: systemctl --user failed', {
      why: (stderr || message).trim(),
      fix: 'Log in with a session of systemd, or start it yourself: cavern serve',
    });
  }
}

/** The answer to a question that systemctl also answers by its exit code. */
async function asked(...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('systemctl', ['--user', ...args]);
    return stdout.trim();
  } catch (thrown) {
    return (thrown as { stdout?: string }).stdout?.trim() || 'unknown'; // what execFile rejects with
  }
}

const UNIT_USAGE = `service unit ${SERVE_USAGE}`;

const unit: Command = {
  words: ['service', 'unit'],
  usage: UNIT_USAGE,
  about: 'Print the systemd user unit that service install writes',
  options: SERVE_OPTIONS,
  positionals: [0, 0],
  document: '{ file, unit }',
  async run(context) {
    const text = unitOf(context, UNIT_USAGE);
    return { document: { file: unitFile(context.env), unit: text }, text };
  },
};

const INSTALL_USAGE = `service install ${SERVE_USAGE} [--no-start]`;

const install: Command = {
  words: ['service', 'install'],
  usage: INSTALL_USAGE,
  about: 'Serve from now on, and whenever you log in, as a systemd user unit',
  options: { ...SERVE_OPTIONS, 'no-start': flag('Only write the unit') },
  positionals: [0, 0],
  document: '{ file, started }',
  async run(context) {
    const text = unitOf(context, INSTALL_USAGE);
    const file = unitFile(context.env);
    mkdirSync(resolve(file, '..'), { recursive: true });
    writeFileSync(file, text);
    const started = !isSet(context, 'no-start');
    if (started) {
      await systemctl('daemon-reload');
      await systemctl('enable', UNIT);
      await systemctl('restart', UNIT);
    }
    const next = started
      ? 'serving; its log: journalctl --user -u cavern'
      : 'start it: systemctl --user enable --now cavern';
    return { document: { file, started }, text: `wrote ${file}\n${next}\n` };
  },
};

const uninstall: Command = {
  words: ['service', 'uninstall'],
  usage: 'service uninstall',
  about: 'Stop serving and remove the unit; the home stays',
  positionals: [0, 0],
  document: '{ removed }',
  async run(context) {
    const file = unitFile(context.env);
    if (!existsSync(file)) return { document: { removed: null }, text: 'not installed\n' };
    // Where no manager runs nothing is started; the file goes all the same.
    await systemctl('disable', '--now', UNIT).catch(() => undefined);
    rmSync(file);
    await systemctl('daemon-reload').catch(() => undefined);
    return { document: { removed: file }, text: `removed ${file}\n` };
  },
};

const status: Command = {
  words: ['service', 'status'],
  usage: 'service status',
  about: 'Tell whether the unit is installed, enabled and running',
  positionals: [0, 0],
  document: '{ file, installed, enabled, active }; enabled and active as systemctl says them',
  async run(context) {
    const file = unitFile(context.env);
    const installed = existsSync(file);
    const [enabled, active] = installed
      ? [await asked('is-enabled', UNIT), await asked('is-active', UNIT)]
      : ['not-found', 'inactive'];
    const text = installed ? `${file}: ${enabled}, ${active}\n` : 'not installed: cavern service install\n';
    return { document: { file, installed, enabled, active }, text };
  },
};

export const serviceCommands: readonly Command[] = [unit, install, uninstall, status];
