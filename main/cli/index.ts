import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SessionId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import { composeKernel } from '../compose.ts';
import { agentClientOf, clientOf, closeFront, openFront } from '../front.ts';
import { commandLineOf, commandLineProgram } from '../command-line.ts';
import { serveHeadless } from '../headless.ts';
import { redactSecrets } from '../kernel/policy/redact-secrets.ts';
import { fileLogger, streamLogger } from '../platform/files/log-file.ts';
import { notifySystemd } from '../platform/service/notify-systemd.ts';
import { verifyExport } from '../platform/audit-files/verify-export.ts';
import { checkoutKit, installedKit } from '../platform/plugin-files/author-kit.ts';
import { authorTools } from '../platform/plugin-files/author-tools.ts';
import { homeRoot, openHome } from '../platform/home/home.ts';
import { checkPolicyText, testPolicyText } from '../kernel/policy/offline.ts';
import { programFiles } from '../program-files.ts';
import type { AgentGrant } from './command.ts';
import { EXIT } from './exit-code.ts';
import { promptAsked } from './line.ts';
import { type CliHost, main } from './main.ts';

// The bundle lies in out/cli/index.js.
const outFolder = dirname(import.meta.dirname);
const repository = dirname(outFolder);

function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('package.json has no version');
}

const version = versionOf();
const files = programFiles(outFolder);

/** Electron has no script among its arguments: it is the program. */
const isInstalled = process.versions['electron'] !== undefined;
const argv = isInstalled ? (commandLineOf(process.argv.slice(1)) ?? []) : process.argv.slice(2);
const program: readonly [string, ...string[]] = isInstalled
  ? commandLineProgram(process.execPath, process.env['APPIMAGE'])
  : [process.execPath, ...process.execArgv, process.argv[1] ?? ''];

interface KernelUse {
  readonly purpose: 'work' | 'read';
  readonly life: 'stays' | 'command';
  readonly log?: 'file' | 'journal';
}

function kernelOptions(homeArgument: string | undefined, { log = 'file', ...use }: KernelUse) {
  const home = openHome(homeRoot(homeArgument, process.env));
  const logger = log === 'file' ? fileLogger(home.logs) : streamLogger(process.stderr, process.env);
  const onRedaction = logger.redactBy;
  return {
    home,
    logger,
    compose: () => composeKernel({ home, files, version, electron: null, logger, onRedaction, program, ...use }),
  };
}

function bench(args: readonly string[]): Promise<number> {
  const script = join(repository, 'bench', 'run.ts');
  if (!existsSync(script)) {
    process.stderr.write('error: Cannot run a bench: they are part of a checkout, not of the installed program\n');
    return Promise.resolve(EXIT.failed);
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--expose-gc', script, ...args], { stdio: 'inherit' });
    child.on('exit', (code) => resolve(code ?? EXIT.failed));
  });
}

/** The host of the protocol is loaded when it is asked for: every other command starts without it. */
async function serveAgent(homeArgument: string | undefined, signal: AbortSignal, grant: AgentGrant): Promise<void> {
  const { kernelSurface } = await import('../hosts/mcp/kernel-surface.ts');
  const { FolderPlace } = await import('../hosts/mcp/folder-place.ts');
  const { serveMcpStdio } = await import('../hosts/mcp/stdio.ts');
  const { home, logger, compose } = kernelOptions(homeArgument, { purpose: 'work', life: 'command' });
  const front = await openFront({ home, compose, version, signal });
  try {
    const client = await agentClientOf(front, home);
    // The kernel refuses what is no session's id.
    const session = grant.session as SessionId | undefined;
    const place = new FolderPlace({ client, workspaces: grant.workspaces, session });
    using surface = kernelSurface({ client, place, questions: grant.questions, clock: systemClock, logger });
    const { stdin, stdout } = process;
    await serveMcpStdio({ surface, version, stdin, stdout, signal, logger });
  } finally {
    await closeFront(front);
  }
}

const interruption = new AbortController();
/** Ctrl-C at the prompt is for the command that runs there. */
let onInterrupt: (() => void) | undefined;
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());
process.on('SIGINT', () => (onInterrupt ?? (() => interruption.abort()))());
// A reader that went away (`cavern … | head`) is no error of ours.
process.stdout.on('error', () => process.exit(EXIT.ok));

const host: Omit<CliHost, 'argv'> = {
  signal: interruption.signal,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  version,
  offline: {
    checkPolicy: checkPolicyText,
    testPolicy: testPolicyText,
    verifyAuditFile: verifyExport,
    plugins: authorTools(isInstalled ? installedKit(join(dirname(repository), 'authoring')) : checkoutKit(repository)),
    bench,
  },
  async connect(homeArgument, { signal, purpose }) {
    const front = await openFront({ ...kernelOptions(homeArgument, { purpose, life: 'command' }), version, signal });
    return { client: clientOf(front), [Symbol.asyncDispose]: () => closeFront(front) };
  },
  serve: ({ home, log, ...options }, ready) => {
    const told: typeof ready = (address) => {
      ready(address);
      notifySystemd(`READY=1\nSTATUS=serving ${address.url ?? address.socket}`, process.env);
    };
    options.signal.addEventListener('abort', () => notifySystemd('STOPPING=1', process.env), { once: true });
    return serveHeadless({
      ...kernelOptions(home, { purpose: 'work', life: 'stays', log }),
      ...options,
      version,
      ready: told,
    });
  },
  serveAgent,
  program,
};

/** Without a command, at a terminal: the prompt, until whoever sits there leaves. */
async function startPrompt(homeArgument: string | undefined): Promise<number> {
  const { prompt } = await import('./prompt/prompt.ts');
  const { openHistory } = await import('./prompt/history.ts');
  const { root } = openHome(homeRoot(homeArgument, process.env));
  const ignore = (): void => undefined;
  onInterrupt = ignore;
  return prompt({
    ...host,
    stdin: process.stdin,
    home: homeArgument,
    history: openHistory({ file: join(root, 'cli-history'), redact: redactSecrets }),
    onInterrupt(listener) {
      onInterrupt = listener;
      return { [Symbol.dispose]: () => (onInterrupt = ignore) };
    },
  });
}

const asked = promptAsked(argv, [process.stdin, process.stdout]);
process.exitCode = asked ? await startPrompt(asked.home) : await main({ ...host, argv });
