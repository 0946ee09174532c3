import { createStore } from 'zustand/vanilla';
import type { LayerDocument, RuleSentence } from '../../../schema/contract/policy.ts';
import type { Failure } from '../../../schema/entities.ts';
import type { DocumentError, DocumentWarning } from '../../../schema/policy.ts';
import { isCancelled } from '../../app/failure.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import type { PolicyWords } from './policy-words.ts';

type Sentences = Awaited<ReturnType<KernelClient['policy']['sentences']>>;
type Extensions = Awaited<ReturnType<KernelClient['policy']['extensions']>>;

/** What the check of a text found. */
export interface Findings {
  readonly errors: readonly DocumentError[];
  readonly warnings: readonly DocumentWarning[];
}

interface PolicyStoreState {
  /** undefined until the kernel has said. */
  readonly documents: readonly LayerDocument[] | undefined;
  readonly failure: Failure | undefined;
  /** False while no valid document decides and everything is denied; undefined until the kernel has said. */
  readonly loaded: boolean | undefined;
  /** Which document is shown; undefined is the operator's, the one that can be edited. */
  readonly shown: string | undefined;
  /** The operator's document as it is being edited; undefined while it is as on the disk. */
  readonly draft: string | undefined;
  /** What the draft began from: another digest on the disk means that somebody else wrote meanwhile. */
  readonly draftBase: string | undefined;
  readonly findings: Findings;
  /** The rules of the last text that loaded. */
  readonly sentences: readonly RuleSentence[];
  readonly closing: string;
  /** The text that the sentences are of is not the one shown: that one does not load. */
  readonly sentencesStale: boolean;
  readonly words: PolicyWords;
  /** The rules beside the documents, where the operator wrote any. */
  readonly extensions: Extensions | undefined;
}

export interface PolicyStoreOptions {
  readonly client: Pick<KernelClient, 'policy' | 'tool'>;
  /** Names of the contract's calls. */
  readonly calls: readonly string[];
  readonly onFailure: (thrown: unknown) => void;
}

const CHECK_DELAY_MS = 200;
const NOTHING_FOUND: Findings = { errors: [], warnings: [] };

/** The policy's documents, the draft of a new one, and what is wrong with it. */
export class PolicyStore {
  readonly store = createStore<PolicyStoreState>(() => ({
    documents: undefined,
    failure: undefined,
    loaded: undefined,
    shown: undefined,
    draft: undefined,
    draftBase: undefined,
    findings: NOTHING_FOUND,
    sentences: [],
    closing: '',
    sentencesStale: false,
    words: { tools: [], calls: [] },
    extensions: undefined,
  }));
  readonly #options: PolicyStoreOptions;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #checking: AbortController | undefined;

  constructor(options: PolicyStoreOptions) {
    this.#options = options;
    this.store.setState({ words: { tools: [], calls: [...options.calls].sort() } });
  }

  follow(signal: AbortSignal): Promise<void> {
    void this.#loadTools();
    return follow({
      open: (inner) => this.#options.client.policy.watch({}, { signal: inner }),
      onEvent: ({ documents }) => this.#receive(documents),
      onFailure: (failure, next) => (next === 'final' ? this.store.setState({ failure }) : undefined),
      signal,
    });
  }

  show(path: string | undefined): void {
    if (path === this.store.getState().shown) return;
    this.store.setState({ shown: path, findings: NOTHING_FOUND, sentencesStale: false });
    void this.#check();
  }

  edit(text: string): void {
    const state = this.store.getState();
    const disk = editedDocument(state.documents);
    const isDraft = text !== disk?.text;
    this.store.setState({
      shown: undefined,
      draft: isDraft ? text : undefined,
      draftBase: isDraft ? (state.draftBase ?? disk?.digest) : undefined,
    });
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => void this.#check(), CHECK_DELAY_MS);
  }

  /** The operator's document as it is being edited, whichever is shown. */
  editedText(): string {
    const { documents, draft } = this.store.getState();
    return draft ?? editedDocument(documents)?.text ?? '';
  }

  /** Lets go of the draft: the text is again what lies on the disk. */
  discard(): void {
    this.store.setState({ draft: undefined, draftBase: undefined });
    void this.#check();
  }

  /** Keeps the draft although the file has changed: what it is compared with is now the file. */
  keepDraft(): void {
    this.store.setState(({ documents }) => ({ draftBase: editedDocument(documents)?.digest }));
  }

  #receive(documents: readonly LayerDocument[]): void {
    const former = shownText(this.store.getState());
    this.store.setState(({ shown, draft }) => ({
      documents,
      failure: undefined,
      shown: documents.some((one) => one.path === shown) ? shown : undefined,
      // Written meanwhile: what was typed is what is there now.
      ...(draft !== undefined && draft === editedDocument(documents)?.text
        ? { draft: undefined, draftBase: undefined }
        : {}),
    }));
    if (shownText(this.store.getState()) !== former) void this.#check();
    void this.#askWhatDecides();
  }

  async #askWhatDecides(): Promise<void> {
    try {
      const { policy } = this.#options.client;
      const [{ loaded }, extensions] = await Promise.all([policy.show({}), policy.extensions({})]);
      this.store.setState({ loaded, extensions });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  async #check(): Promise<void> {
    this.#checking?.abort();
    const checking = new AbortController();
    this.#checking = checking;
    const { signal } = checking;
    const text = shownText(this.store.getState());
    if (text === undefined) return;
    try {
      const { policy } = this.#options.client;
      const { ok, errors, warnings } = await policy.check({ text }, { signal });
      if (signal.aborted) return;
      this.store.setState({ findings: { errors, warnings }, ...(ok ? {} : { sentencesStale: true }) });
      const said = ok ? await policy.sentences({ text }, { signal }) : await this.#sentencesInForce(signal);
      if (said === undefined || signal.aborted) return;
      this.store.setState({ sentences: said.rules, closing: said.closing, sentencesStale: !ok });
    } catch (thrown) {
      if (!isCancelled(thrown) && !signal.aborted) this.#options.onFailure(thrown);
    }
  }

  /** For a text that does not load: undefined where rules are shown already, or none are in force, which the page says. */
  async #sentencesInForce(signal: AbortSignal): Promise<Sentences | undefined> {
    if (this.store.getState().sentences.length > 0) return undefined;
    const { policy } = this.#options.client;
    const { loaded } = await policy.show({}, { signal });
    if (!loaded) return undefined;
    return policy.sentences({}, { signal });
  }

  async #loadTools(): Promise<void> {
    try {
      const { tools } = await this.#options.client.tool.list({});
      const names = tools.map((tool) => tool.name).sort();
      this.store.setState(({ words }) => ({ words: { ...words, tools: names } }));
    } catch {
      // Completion then knows the contract's calls only.
    }
  }
}

/** The operator's document or, where there is none yet, the one that comes along, which the first save copies. */
export function editedDocument(documents: readonly LayerDocument[] | undefined): LayerDocument | undefined {
  const user = documents?.find((one) => one.layer === 'user');
  return user?.exists === true ? user : documents?.find((one) => one.layer === 'default');
}

/** The document that is looked at: one that can only be read, or the operator's. */
export function shownDocument({
  documents,
  shown,
}: Pick<PolicyStoreState, 'documents' | 'shown'>): LayerDocument | undefined {
  return shown === undefined ? editedDocument(documents) : documents?.find((one) => one.path === shown);
}

export function shownText(state: Pick<PolicyStoreState, 'documents' | 'shown' | 'draft'>): string | undefined {
  return state.shown === undefined && state.draft !== undefined ? state.draft : shownDocument(state)?.text;
}

/** The file was written by somebody else since the draft was begun. */
export function draftIsBehind({
  documents,
  draft,
  draftBase,
}: Pick<PolicyStoreState, 'documents' | 'draft' | 'draftBase'>): boolean {
  return draft !== undefined && draftBase !== editedDocument(documents)?.digest;
}
