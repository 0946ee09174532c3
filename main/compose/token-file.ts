import { readFile, rm, writeFile } from 'node:fs/promises';
import type { IssuedKey, KeyPicture } from '../../schema/contract/key.ts';
import { Fault } from '../../schema/fault.ts';

/** Makes a call as the operator who started the server. */
export type AskAsOperator = (method: string, input: unknown) => Promise<unknown>;

/** Whose the keys are that servers make for their operators, as lists show it. */
const OWNER = 'cavern serve';
const TOKEN = /^cav_([a-z0-9]{8})_[A-Za-z0-9]{48}\n?$/;

/**
 * Issues an admin key and writes its token to a file, readable by its owner only. The key that an earlier start wrote there
 * ends when the new one is on disk: there is one such key for a file, however often the server starts.
 * @throws Fault `token_not_written`, and those of the calls
 */
export async function writeToken(ask: AskAsOperator, file: string): Promise<void> {
  const before = await keyNamedBy(ask, file);
  // Dispatch has validated the answers against the contract.
  const { id, token } = (await ask('key.issue', { scope: 'admin', owner: OWNER })) as IssuedKey;
  try {
    // Not through a link or into a file that others may have open: it is a new one, with its own mode.
    await rm(file, { force: true });
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    await ask('key.revoke', { id });
    throw new Fault('token_not_written', `Cannot write the token to "${file}"`, {
      cause,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'Name a file in a folder that you may write to.',
    });
  }
  if (before !== undefined) await ask('key.revoke', { id: before });
}

/** The key in force that an earlier start wrote to the file; never one that somebody issued for something else. */
async function keyNamedBy(ask: AskAsOperator, file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const named = TOKEN.exec(text)?.[1];
  if (named === undefined) return undefined;
  const { keys } = (await ask('key.list', {})) as KeyPicture;
  return keys.find(({ id, owner, state }) => id === named && owner === OWNER && state === 'active')?.id;
}
