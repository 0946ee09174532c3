import type Docker from 'dockerode';
import type { ContainerEntry } from '../../kernel/sandboxes/container-runtime.ts';
import { engineError } from './engine-failure.ts';

/** What Podman's own interface says of a container; it looks at its records alone. */
interface PodmanEntry {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/**
 * True where Podman knows a container whose files are gone: its service was killed while it removed one. The interface that it
 * shares with Docker then lists none of its containers at all (tried on 4.3); removing that one still works.
 */
export function isHalfRemoved(thrown: unknown): boolean {
  const { statusCode, text } = engineError(thrown);
  return statusCode === 500 && /container not known/.test(text);
}

/** The same list by Podman's own interface, with those that are half removed. */
export async function podmanContainers(
  api: Docker,
  filters: { readonly label: readonly string[] },
  signal: AbortSignal,
): Promise<readonly ContainerEntry[]> {
  const found: unknown = await new Promise((resolve, reject) => {
    api.modem.dial(
      {
        path: '/v4.0.0/libpod/containers/json?',
        method: 'GET',
        options: { all: true, filters: JSON.stringify(filters) },
        abortSignal: signal,
        statusCodes: { 200: true, 500: 'server error' },
      },
      (thrown: unknown, data: unknown) => (thrown ? reject(thrown) : resolve(data)),
    );
  });
  if (!Array.isArray(found)) return [];
  const entries = found as readonly PodmanEntry[]; // Podman's interface says so.
  return entries.map(({ Id, Names, State, Labels }) => ({
    id: Id,
    name: Names[0] ?? '',
    running: State === 'running',
    labels: Labels ?? {},
  }));
}
