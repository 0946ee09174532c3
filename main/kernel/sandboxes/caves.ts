import { Fault } from '../../../schema/fault.ts';
import { CAVE_FILE, type Cave, type CaveSandbox, readCave } from './cave.ts';
import type { Profile } from './profiles.ts';

/** Port: reads a file in the root of a workspace, without following links; undefined where there is none. */
export type WorkspaceText = (workspace: string, name: string) => Promise<string | undefined>;

/** The sandboxes that workspaces name themselves. Read anew each time: the file may change between two starts. */
export class Caves {
  readonly #read: WorkspaceText;
  readonly #profiles: ReadonlyMap<string, Profile>;

  constructor(read: WorkspaceText, profiles: ReadonlyMap<string, Profile>) {
    this.#read = read;
    this.#profiles = profiles;
  }

  /** undefined: the workspace has no `cave.yaml`. */
  async open(workspace: string): Promise<Cave | undefined> {
    const text = await this.#read(workspace, CAVE_FILE);
    return text === undefined ? undefined : readCave(text, this.#profiles);
  }

  /** @throws Fault `cave_invalid`, with the place of the first thing that is wrong, `cave_unknown` */
  async sandbox(workspace: string, name: string): Promise<CaveSandbox> {
    const cave = await this.open(workspace);
    const [error] = cave?.errors ?? [];
    if (error) {
      const { line, column, message } = error;
      throw new Fault(
        'cave_invalid',
        `Cannot start sandbox "${name}": ${CAVE_FILE}, line ${line}, column ${column}: ${message}`,
        {
          fix: `Correct line ${line} of ${CAVE_FILE}; cavern cave check tells all that is wrong.`,
        },
      );
    }
    const found = cave?.sandboxes.find((each) => each.name === name);
    if (found) return found;
    const names = cave?.sandboxes.map((each) => each.name).join(', ') ?? '';
    throw new Fault(
      'cave_unknown',
      `Cannot start sandbox "${name}": ${cave ? `${CAVE_FILE} does not name it` : `the workspace has no ${CAVE_FILE}`}`,
      {
        fix: names === '' ? 'See docs/sandboxes.md, cave.yaml.' : `It names: ${names}.`,
      },
    );
  }
}
