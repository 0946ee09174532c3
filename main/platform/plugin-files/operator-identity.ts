import { runCommand } from '../../../plugins/sdk/src/run-command.ts';
import type { OperatorIdentity } from '../../kernel/tools/ports.ts';

const LIMIT_MS = 5_000;

/** The operator's own git identity, read when it is first needed; undefined where git is missing or does not know. */
export function gitIdentity(): () => Promise<OperatorIdentity | undefined> {
  let known: Promise<OperatorIdentity | undefined> | undefined;
  const read = async (key: string): Promise<string> => {
    const { stdout } = await runCommand(['git', 'config', '--global', '--get', key], { cwd: '/', timeoutMs: LIMIT_MS });
    return stdout.toString().trim();
  };
  const identity = async (): Promise<OperatorIdentity | undefined> => {
    try {
      const [name, email] = await Promise.all([read('user.name'), read('user.email')]);
      return name === '' || email === '' ? undefined : { name, email };
    } catch {
      return undefined;
    }
  };
  return () => {
    known ??= identity();
    return known;
  };
}
