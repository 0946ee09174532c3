import type { PictureAnswer, PictureRequest } from './picture.ts';

/** What a picture may take; a screenful takes some hundredths of it. */
const LIMIT_MS = 2000;
const IDLE_MS = 10_000;

/**
 * Makes pictures of what a program printed, one after the other, in a worker that reaches nothing: whatever is wrong with them is wrong in there, and
 * one that takes too long ends with it. The worker goes when there is nothing to do.
 */
export class PictureDecoder implements Disposable {
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** Undefined where there is nothing to show. */
  decode(request: PictureRequest): Promise<PictureAnswer> {
    const answer = this.#last.then(() => this.#ask(request));
    this.#last = answer;
    return answer;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#idle);
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ask(request: PictureRequest): Promise<PictureAnswer> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= new Worker(new URL('./picture-worker.ts', import.meta.url), { type: 'module' }));
    const ended = new AbortController();
    const { signal } = ended;
    try {
      return await new Promise<PictureAnswer>((resolve) => {
        const end = (): void => {
          this[Symbol.dispose]();
          resolve(undefined);
        };
        const timer = setTimeout(end, LIMIT_MS);
        signal.addEventListener('abort', () => clearTimeout(timer));
        worker.addEventListener('message', ({ data }: MessageEvent<PictureAnswer>) => resolve(data), { signal });
        worker.addEventListener('error', end, { signal });
        worker.postMessage(request, []);
      });
    } finally {
      ended.abort();
      this.#idle = setTimeout(() => this[Symbol.dispose](), IDLE_MS);
    }
  }
}
