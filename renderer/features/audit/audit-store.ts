import { createStore } from 'zustand/vanilla';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditBreak, AuditFilters, AuditVerification } from '../../../schema/contract/audit.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf, isCancelled } from '../../app/failure.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { filtersOf, queryOf } from './audit-link.ts';
import { AuditPages } from './audit-pages.ts';

export type AuditView = 'list' | 'timeline';

type FilterChange = { readonly [K in keyof AuditFilters]?: AuditFilters[K] | undefined };

interface AuditState {
  readonly filters: AuditFilters;
  readonly view: AuditView;
  readonly opened: boolean;
  /** The record whose details are shown, and its row. */
  readonly shown: { readonly record: AuditRecord; readonly row: number } | undefined;
  readonly headSeq: number | undefined;
  readonly checkpoint: { readonly seq: number; readonly at: number } | undefined;
  readonly writable: boolean;
  readonly startVerified: boolean | null;
  readonly verification: AuditVerification | null;
  readonly breaks: readonly AuditBreak[];
  /** This window asked for the verification that is under way, and can stop it. */
  readonly verifying: boolean;
  readonly saving: { readonly done: number; readonly total: number } | undefined;
  readonly failure: Failure | undefined;
}

/** Where the filters are kept from one start to the next. */
export interface FilterMemory {
  read(): string;
  write(query: string): void;
}

export interface AuditStoreOptions {
  readonly client: Pick<KernelClient, 'audit' | 'window'>;
  readonly memory: FilterMemory;
  readonly onSaved: (file: string, records: number) => void;
}

/** The audit chain: its state always, its records once somebody looks. */
export class AuditStore {
  readonly store;
  readonly pages: AuditPages;
  readonly #options: AuditStoreOptions;
  #verifyAbort: AbortController | undefined;
  #saveAbort: AbortController | undefined;

  constructor(options: AuditStoreOptions) {
    this.#options = options;
    this.pages = new AuditPages(options.client);
    this.store = createStore<AuditState>(() => ({
      filters: filtersOf(options.memory.read()),
      view: 'list',
      opened: false,
      shown: undefined,
      headSeq: undefined,
      checkpoint: undefined,
      writable: true,
      startVerified: null,
      verification: null,
      breaks: [],
      verifying: false,
      saving: undefined,
      failure: undefined,
    }));
    // What is shown stays shown when newer records come in front of it.
    this.pages.store.subscribe((state, former) => {
      const { shown } = this.store.getState();
      const added = state.turn === former.turn ? state.prepended - former.prepended : 0;
      if (shown && added > 0) this.store.setState({ shown: { ...shown, row: shown.row + added } });
    });
  }

  follow(signal: AbortSignal): Promise<void> {
    void this.#readCheckpoint();
    return follow({
      open: (inner) => this.#options.client.audit.watch({}, { signal: inner }),
      onEvent: ({ records, head, ...state }) => {
        const checkpoint = records.findLast((record) => record.type === 'checkpoint');
        this.store.setState({ ...state, headSeq: head?.seq, ...(checkpoint ? { checkpoint } : {}) });
        if (this.store.getState().opened) this.pages.receive(records);
      },
      // What was written while nobody listened is read again.
      onFailure: (_failure, next) => (next === 'again' && this.store.getState().opened ? this.reload() : undefined),
      signal,
    });
  }

  /** Reads the list for the first time. */
  open(): void {
    if (this.store.getState().opened) return;
    this.store.setState({ opened: true });
    this.reload();
  }

  reload(): void {
    void this.pages.open(this.store.getState().filters);
  }

  /** Shows what passes these filters, and remembers them. */
  setFilters(filters: AuditFilters): void {
    this.store.setState({ filters, shown: undefined, opened: true });
    this.#options.memory.write(queryOf(filters));
    this.reload();
  }

  /** Changes some filters and leaves the others; one that is undefined goes. */
  change(change: FilterChange): void {
    const all = Object.entries({ ...this.store.getState().filters, ...change });
    // The entries are those of filters, without the undefined ones.
    this.setFilters(Object.fromEntries(all.filter(([, value]) => value !== undefined)) as AuditFilters);
  }

  setView(view: AuditView): void {
    this.store.setState({ view });
  }

  /** Shows the details of what is in a row. */
  async show(row: number): Promise<void> {
    const record = this.pages.recordAt(row) ?? (await this.pages.read(row));
    if (record) this.store.setState({ shown: { record, row } });
  }

  /** Shows a record by its number, in the whole chain. */
  async showRecord(seq: number): Promise<void> {
    this.store.setState({ filters: {}, shown: undefined, opened: true, view: 'list' });
    this.#options.memory.write('');
    await this.pages.open({});
    const row = await this.pages.rowOf(seq);
    if (row !== undefined) await this.show(row);
  }

  hide(): void {
    this.store.setState({ shown: undefined });
  }

  dismissFailure(): void {
    this.store.setState({ failure: undefined });
  }

  async verify(): Promise<void> {
    if (this.#verifyAbort) return;
    const abort = new AbortController();
    this.#verifyAbort = abort;
    this.store.setState({ verifying: true, failure: undefined });
    await this.#attempt(async () => {
      // How far it is and what it found comes with the state of the chain, whoever asked for it.
      for await (const event of this.#options.client.audit.verify({}, { signal: abort.signal })) void event;
    });
    this.#verifyAbort = undefined;
    this.store.setState({ verifying: false });
  }

  cancelVerify(): void {
    this.#verifyAbort?.abort();
  }

  /** Asks for a folder and writes the chain to it. */
  async save(): Promise<void> {
    if (this.#saveAbort) return;
    const abort = new AbortController();
    this.#saveAbort = abort;
    await this.#attempt(async () => {
      const { path: folder } = await this.#options.client.window.pickFolder({});
      if (folder === null) return;
      this.store.setState({ saving: { done: 0, total: 0 }, failure: undefined });
      for await (const event of this.#options.client.audit.save({ folder }, { signal: abort.signal })) {
        if (event.type === 'saved') this.#options.onSaved(event.file, event.records);
        else this.store.setState({ saving: { done: event.done, total: event.total } });
      }
    });
    this.#saveAbort = undefined;
    this.store.setState({ saving: undefined });
  }

  cancelSave(): void {
    this.#saveAbort?.abort();
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      if (!isCancelled(thrown)) this.store.setState({ failure: failureOf(thrown) });
    }
  }

  /** The newest one from before this window; newer ones come with the records. */
  async #readCheckpoint(): Promise<void> {
    await this.#attempt(async () => {
      const { records } = await this.#options.client.audit.log({ filters: { types: ['checkpoint'] }, limit: 1 });
      const [checkpoint] = records;
      const known = this.store.getState().checkpoint;
      if (checkpoint && checkpoint.seq > (known?.seq ?? 0)) this.store.setState({ checkpoint });
    });
  }
}
