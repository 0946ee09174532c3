import type { Clock } from '../../base/clock.ts';
import { LayerDocument } from './layer-document.ts';
import type { PolicyFiles } from './policy-files.ts';
import type { WorkspacePolicy } from './workspace-layer.ts';

/** A workspace's file is looked at again for a call that comes this much later. */
const LOOK_AFTER_MS = 250;

interface Watched {
  readonly document: LayerDocument;
  lookedAtMs: number;
}

/** The documents of workspaces, each followed by looking at its file's stamp before a decision. */
export class WorkspaceDocuments {
  readonly #files: PolicyFiles;
  readonly #clock: Clock;
  readonly #onChange: (workspace: string) => void;
  readonly #watched = new Map<string, Watched>();

  constructor(options: { files: PolicyFiles; clock: Clock; onChange: (workspace: string) => void }) {
    this.#files = options.files;
    this.#clock = options.clock;
    this.#onChange = options.onChange;
  }

  /** What the workspace's own document adds to a decision; undefined where it has none. */
  policyOf(workspace: string): WorkspacePolicy | undefined {
    const { seen } = this.#look(workspace);
    if (!seen.exists) return undefined;
    return seen.policy ?? 'invalid';
  }

  /** Every workspace that a call was about, and the ones named here, as their files are now. */
  list(workspaces: Iterable<string>): { readonly workspace: string; readonly document: LayerDocument }[] {
    return [...new Set([...this.#watched.keys(), ...workspaces])].map((workspace) => ({
      workspace,
      document: this.#look(workspace),
    }));
  }

  #look(workspace: string): LayerDocument {
    const nowMs = this.#clock.now();
    const known = this.#watched.get(workspace);
    if (known === undefined) {
      const document = new LayerDocument(this.#files.workspacePath(workspace), this.#files);
      this.#watched.set(workspace, { document, lookedAtMs: nowMs });
      if (document.seen.exists) this.#onChange(workspace);
      return document;
    }
    if (nowMs - known.lookedAtMs >= LOOK_AFTER_MS) {
      known.lookedAtMs = nowMs;
      if (known.document.refresh()) this.#onChange(workspace);
    }
    return known.document;
  }
}
