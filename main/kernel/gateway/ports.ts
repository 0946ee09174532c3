import type { ConnectionKind } from '../../../schema/contract/gateway.ts';

/** What the operator chose. */
export interface KeptChoice {
  readonly enabled: boolean;
  /** 0: one that is free. */
  readonly port: number;
  /** Where it was served last, so that it is found there again. */
  readonly lastPort?: number;
}

/** Port: where the choice is kept. What was put is on disk when it resolves. */
export interface ChoiceStore {
  get(): KeptChoice | undefined;
  /** Rejects with `storage_failed`. */
  put(choice: KeptChoice): Promise<void>;
}

/** HTTP and MCP as they listen. Disposing ends streams at once and other requests in a moment. */
export interface Listening extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, or `https:` and another address */
  readonly url: string;
}

/** Where else than on 127.0.0.1, and what serves TLS there, as PEM. What is absent is as usual. */
export interface ServedPlace {
  readonly address?: string;
  readonly tls?: {
    readonly certificate: string;
    readonly privateKey: string;
    readonly clientAuthorities?: string | undefined;
  };
}

/** Port: where the operator wants it served, but for what the command line ordered. Rejects with `tls_invalid`. */
export type FindPlace = (ordered: ServedPlace) => Promise<ServedPlace>;

/** Port: serves HTTP and MCP, on 127.0.0.1 where no other place is named. Rejects with `port_taken`, `tls_needed`, `tls_invalid`. */
export type Listen = (port: number, traffic: TrafficSink, place: ServedPlace) => Promise<Listening>;

/** One connection, from when it was made. */
export interface ConnectionSink {
  /** A request came over it, with the key of that prefix. */
  carries(kind: ConnectionKind, key: string): void;
  closed(): void;
}

export interface Answered {
  readonly method: string;
  /** As the contract has it, never what the client wrote; undefined where there is no such address. */
  readonly route: string | undefined;
  /** How the key begins; undefined where none was good. */
  readonly key: string | undefined;
  readonly status: number;
  readonly durationMs: number;
}

/** What the listener tells of its clients. */
export interface TrafficSink {
  opened(): ConnectionSink;
  answered(request: Answered): void;
}
