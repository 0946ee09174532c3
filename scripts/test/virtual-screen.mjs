import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { findProgram, runPrefixed, splitCommand } from '../setup/command.mjs';

/** @typedef {{ env: { DISPLAY: string, XAUTHORITY: string }, close: () => void }} VirtualScreen */

const startTimeoutMs = 30_000;

/**
 * A screen without a monitor. The server picks a free number itself, so that several of them never meet, and lets in who has the cookie.
 * @param {{ folder: string, as?: readonly string[] }} options `folder` for the cookies, writable by whoever `as`, a command prefix, stands for
 * @returns {Promise<VirtualScreen>}
 */
export async function openVirtualScreen({ folder, as = [] }) {
  const cookie = randomBytes(16).toString('hex');
  const serverFile = join(folder, 'screen-server');
  const XAUTHORITY = join(folder, 'screen');
  await addCookie({ as, file: serverFile, display: ':0', cookie });
  const { program, args } = splitCommand([
    ...as,
    findProgram('Xvfb') ?? 'Xvfb',
    '-displayfd',
    '1',
    '-screen',
    '0',
    '1600x1000x24',
    '-nolisten',
    'tcp',
    '-noreset',
    '-auth',
    serverFile,
  ]);
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const close = () => void server.kill();
  process.once('exit', close);
  const DISPLAY = `:${await numberFrom(server)}`;
  await addCookie({ as, file: XAUTHORITY, display: DISPLAY, cookie });
  return { env: { DISPLAY, XAUTHORITY }, close };
}

/** @param {{ as: readonly string[], file: string, display: string, cookie: string }} options */
async function addCookie({ as, file, display, cookie }) {
  await runPrefixed([...as, 'xauth', '-q', '-f', file, 'add', display, '.', cookie]);
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, null>} server
 * @returns {Promise<string>}
 */
function numberFrom(server) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('Cannot open a virtual screen: Xvfb did not start')),
      startTimeoutMs,
    );
    let text = '';
    server.stdout.on('data', (bytes) => {
      text += bytes;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.trim());
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`Cannot open a virtual screen: Xvfb ended with ${code}`)));
  });
}
