import { dirname, join } from 'node:path';
import { NO_REQUEST } from '../../../schema/agent-protocol.ts';
import { encodeFrame } from '../../../schema/frame-codec.ts';
import { type PluginNode, type PluginPlace, startPluginNode } from './plugin-node.ts';

/** A Node that was started before anybody asked and waits to be told which plugin it is: whoever calls that does not wait for Node's start. */
export class NodeAhead {
  /** Lies beside the agent. */
  readonly #program = join(dirname(process.argv[1] ?? '.'), 'await-plugin.cjs');
  #begun: PluginNode | undefined;
  #waiting: PluginNode | undefined;

  /** Starts it where none was, and resolves when it waits. One that cannot be started, or ends, is not missed. */
  async prepare(place: PluginPlace): Promise<void> {
    if (this.#begun !== undefined) return;
    const begun = startPluginNode([this.#program], place);
    this.#begun = begun;
    const { child, pipe } = begun;
    const forget = (): void => {
      if (this.#begun === begun) this.#begun = undefined;
      if (this.#waiting === begun) this.#waiting = undefined;
    };
    child.once('error', forget).once('exit', forget);
    pipe.on('error', forget);
    // The event `waiting`, or the end.
    await new Promise<void>((resolve) => pipe.once('readable', resolve).once('close', resolve));
    if (pipe.read() !== null && this.#begun === begun) this.#waiting = begun;
  }

  /** Has the one that waits run this script with these arguments, as `node SCRIPT ARG …` or `node --enable-source-maps SCRIPT ARG …` would; undefined where none waits. */
  take(argv: readonly string[]): PluginNode | undefined {
    const taken = this.#waiting;
    if (taken === undefined) return undefined;
    this.#begun = this.#waiting = undefined;
    taken.pipe.write(encodeFrame({ id: NO_REQUEST, type: 'event', method: 'run', params: { argv } }));
    return taken;
  }
}
