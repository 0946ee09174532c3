import type { ProxyTarget } from './proxy-target.ts';

export interface OpenTunnel {
  readonly target: ProxyTarget;
  /** Undefined until something went through. */
  readonly isPlain: () => boolean | undefined;
  readonly end: () => void;
}

/** The tunnels of one sandbox that bytes go through as they are. */
export class OpenTunnels {
  readonly #open = new Set<OpenTunnel>();

  /** Gives how to take it away again. */
  add(tunnel: OpenTunnel): () => void {
    this.#open.add(tunnel);
    return () => this.#open.delete(tunnel);
  }

  /** Ends those to such a target in which plain requests are made: whoever makes the next one opens another. */
  endPlain(isMeant: (target: ProxyTarget) => boolean): void {
    for (const { target, isPlain, end } of this.#open) if (isPlain() === true && isMeant(target)) end();
  }
}
