import { createStore } from 'zustand/vanilla';
import type { ImageState } from '../../../schema/contract/image.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

/** The images of the profiles; followed while they are shown. */
export class ImageStore {
  readonly store = createStore<{ readonly images: readonly ImageState[] }>(() => ({ images: [] }));
  readonly #client: Pick<KernelClient, 'image'>;

  constructor(client: Pick<KernelClient, 'image'>) {
    this.#client = client;
  }

  follow(signal: AbortSignal): Promise<void> {
    return follow({
      open: (opened) => this.#client.image.watch({}, { signal: opened }),
      onEvent: ({ images }) => this.store.setState({ images }),
      signal,
    });
  }

  /** What comes of it is said by the list. */
  async prepare(image: string): Promise<void> {
    try {
      for await (const { images } of this.#client.image.prepare({ images: [image] })) this.store.setState({ images });
    } catch {
      const { images } = await this.#client.image.list({}).catch(() => this.store.getState());
      this.store.setState({ images });
    }
  }
}
