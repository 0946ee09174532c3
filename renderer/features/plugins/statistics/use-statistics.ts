import { useEffect, useState } from 'react';
import { useServices } from '../../../app/services.tsx';
import { RECORDS_LIMIT, type ToolStatistics, toolStatistics } from './tool-statistics.ts';

const EVERY_MS = 5000;

/** The figures of these tools from the audit log, renewed while they are shown; undefined until they were read once. */
export function useStatistics(tools: readonly string[]): ReadonlyMap<string, ToolStatistics> | undefined {
  const { client, notices } = useServices();
  const [statistics, setStatistics] = useState<ReadonlyMap<string, ToolStatistics>>();
  const key = tools.join(' ');
  useEffect(() => {
    const abort = new AbortController();
    const read = async (tool: string): Promise<[string, ToolStatistics]> => {
      const filters = { tool, types: ['call_decided' as const, 'call_finished' as const] };
      const { records } = await client.audit.log({ filters, limit: RECORDS_LIMIT }, { signal: abort.signal });
      return [tool, toolStatistics(records)];
    };
    const load = async (): Promise<void> => {
      const pairs = await Promise.all(key.split(' ').filter(Boolean).map(read));
      if (!abort.signal.aborted) setStatistics(new Map(pairs));
    };
    load().catch((thrown: unknown) => (abort.signal.aborted ? undefined : notices.fail(thrown)));
    // A later reading that fails shows what was there.
    const timer = setInterval(() => void load().catch(() => undefined), EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [client, notices, key]);
  return statistics;
}
