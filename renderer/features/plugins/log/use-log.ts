import { useEffect, useState } from 'react';
import type { PluginLogLine } from '../../../../schema/contract/plugin.ts';
import { useServices } from '../../../app/services.tsx';

const EVERY_MS = 2000;
const LINES_SHOWN = 500;

/** What a plugin wrote, renewed while it is shown; undefined until it was read once. */
export function useLog(id: string): readonly PluginLogLine[] | undefined {
  const { client, notices } = useServices();
  const [lines, setLines] = useState<readonly PluginLogLine[]>();
  useEffect(() => {
    const abort = new AbortController();
    let after = 0;
    const load = async (): Promise<void> => {
      const { lines: more } = await client.plugin.log({ id, after }, { signal: abort.signal });
      if (abort.signal.aborted) return;
      after = more.at(-1)?.seq ?? after;
      setLines((known = []) => (more.length === 0 ? known : [...known, ...more].slice(-LINES_SHOWN)));
    };
    load().catch((thrown: unknown) => (abort.signal.aborted ? undefined : notices.fail(thrown)));
    // A later reading that fails shows what was there.
    const timer = setInterval(() => void load().catch(() => undefined), EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [client, notices, id]);
  return lines;
}
