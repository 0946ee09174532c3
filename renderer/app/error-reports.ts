import type { KernelClient } from './kernel-client.ts';

/** Of one page: what fails again and again says nothing new. */
const LIMIT = 5;
const MESSAGE_CHARACTERS = 2000;
const STACK_CHARACTERS = 20_000;

/** Has the kernel write a report, on this machine, of errors in the page that nobody caught. */
export class ErrorReports {
  readonly #client: Pick<KernelClient, 'diagnostics'>;
  #written = 0;

  constructor(client: Pick<KernelClient, 'diagnostics'>) {
    this.#client = client;
  }

  /** Until the page is gone. */
  listen(page: Pick<Window, 'addEventListener'>): void {
    page.addEventListener('error', ({ error, message }) => this.write(error ?? message));
    page.addEventListener('unhandledrejection', ({ reason }) => this.write(reason));
  }

  write(thrown: unknown): void {
    if (this.#written >= LIMIT) return;
    this.#written += 1;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const message = `${error.name}: ${error.message}`.slice(0, MESSAGE_CHARACTERS);
    // Where there is no kernel to write it there is nobody to tell.
    this.#client.diagnostics
      .report({ message, ...(error.stack === undefined ? {} : { stack: error.stack.slice(0, STACK_CHARACTERS) }) })
      .catch(() => undefined);
  }
}
