import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toFault } from '../../../../../schema/fault.ts';
import { BatteryKernel } from './battery-kernel.ts';

const AGENT = fileURLToPath(new URL('./hostile-agent.cjs', import.meta.url));

/** What an agent in the attacker's hands sends first, and what the record says of it. */
export const FIRST_FRAMES: readonly (readonly [what: string, mode: string, refusal: RegExp])[] = [
  ['a length of four gigabytes', 'length', /^a malformed frame: too_long$/],
  ['what is no JSON', 'json', /^a malformed frame: json$/],
  ['a hundred levels of nesting', 'depth', /^a malformed frame: too_deep$/],
  ['what is no UTF-8', 'encoding', /^a malformed frame: encoding$/],
  ['what is no frame', 'schema', /^a malformed frame: schema$/],
  ['a key that changes every object', 'prototype', /^a malformed frame: /],
  ['another protocol', 'protocol', /^it speaks protocol 99/],
  ['a call of the operator’s before it said who it is', 'request', /^it did not say hello first$/],
  ['a hello with terminals that are none', 'terminals', /^its hello is not of the protocol$/],
];

/** What it answers to a command, and what the caller is told. */
export const ANSWERS: readonly (readonly [what: string, mode: string, told: RegExp])[] = [
  ['an answer that is none', 'junk', /gave an answer that is none/],
  ['output of a stream that is none', 'output', /gave an answer that is none/],
  ['the answer to another question', 'other', /^exit 0$/],
];

/** A kernel whose sandboxes are given the hostile agent. */
export async function openHostile(engineSocket: string): Promise<BatteryKernel & { readonly agentFolder: string }> {
  const agentFolder = await mkdtemp(join(tmpdir(), 'cavern-hostile-'));
  await copyFile(AGENT, join(agentFolder, 'agent.cjs'));
  await chmod(agentFolder, 0o755);
  const kernel = await BatteryKernel.open({ engineSocket, agentFolder });
  const close = kernel[Symbol.asyncDispose].bind(kernel);
  return Object.assign(kernel, {
    agentFolder,
    async [Symbol.asyncDispose]() {
      await close();
      await rm(agentFolder, { recursive: true, force: true });
    },
  });
}

/** Starts a sandbox in which the agent does this, has it run a command, and gives what the caller was told, who reads its output in this way. */
export async function withAgent(
  kernel: BatteryKernel,
  mode: string,
  onOutput?: () => void | Promise<void>,
): Promise<string> {
  await writeFile(join(kernel.workspace, 'mode'), mode);
  const session = await kernel.start('workspace');
  try {
    const { exitCode } = await kernel.attempt(session, mode, 'true', { timeoutMs: 5_000, onOutput });
    return `exit ${exitCode}`;
  } catch (thrown) {
    const { code, message } = toFault(thrown);
    return `${code}: ${message}`;
  } finally {
    await kernel.client.session.remove({ session });
  }
}
