import type { MessagePort } from 'node:worker_threads';

/** What a thread for a plugin is started with. */
export interface WasmStart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly memoryBytes: number;
  /** Whether the module may ask for calls. */
  readonly asks: 'granted' | 'none';
  /** Counts answers; the thread sleeps on it. */
  readonly answered: SharedArrayBuffer;
  /** Answers of what it asks come here, read one by one while it stands still. */
  readonly answers: MessagePort;
}

/** To the thread. */
export interface WasmRequest {
  readonly tool: string;
  readonly input: unknown;
  /** What the operator set; absent where the plugin has no settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** From the thread: something that it waits for, or the end of the call. */
export type WasmMessage =
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'output'; readonly text: string }
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'ask'; readonly question: unknown }
  | { readonly type: 'done'; readonly answer: unknown }
  | { readonly type: 'failed'; readonly why: string };
