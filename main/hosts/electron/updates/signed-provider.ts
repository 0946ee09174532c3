import type { KeyObject } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { CustomPublishOptions } from 'builder-util-runtime';
import type { AppUpdater, ResolvedUpdateFileInfo, UpdateInfo } from 'electron-updater';
import {
  parseUpdateInfo,
  Provider,
  type ProviderRuntimeOptions,
  resolveFiles,
} from 'electron-updater/out/providers/Provider.js';
import { Fault } from '../../../../schema/fault.ts';
import {
  checkFeed,
  checkFiles,
  checkValidity,
  FEED_LIMIT_CHARACTERS,
  feedAddress,
  publisherKey,
} from './signed-feed.ts';

export interface SignedFeed {
  readonly address: string;
  readonly publisherKey: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** For `setFeedURL`. */
export function signedFeedOptions(feed: SignedFeed): CustomPublishOptions {
  return { provider: 'custom', updateProvider: SignedProvider, feed };
}

/** Where electron-updater finds a version: a feed that is checked before electron-updater reads a word of it. */
class SignedProvider extends Provider<UpdateInfo> {
  readonly #folder: URL;
  readonly #key: KeyObject;
  readonly #now: () => number;

  constructor(options: CustomPublishOptions, _updater: AppUpdater, runtime: ProviderRuntimeOptions) {
    super(runtime);
    // Made by signedFeedOptions.
    const feed = options['feed'] as SignedFeed;
    this.#folder = feedAddress(feed.address);
    this.#key = publisherKey(feed.publisherKey);
    this.#now = feed.now;
  }

  /** Without the number that electron-updater makes up for each installation: nobody needs to know it. */
  override setRequestHeaders(value: OutgoingHttpHeaders | null): void {
    const { 'x-user-staging-id': _id, ...others } = value ?? {};
    super.setRequestHeaders(others);
  }

  async getLatestVersion(): Promise<UpdateInfo> {
    const name = `${this.getDefaultChannelName()}.yml`;
    const address = new URL(name, this.#folder);
    const feed = await this.#read(address);
    const signature = await this.#read(new URL(`${name}.sig`, this.#folder));
    checkFeed(feed, signature, this.#key);
    const info: UpdateInfo & { readonly validUntil?: unknown } = parseUpdateInfo(feed, name, address);
    checkValidity(info.validUntil, this.#now());
    checkFiles(info.files, this.#folder);
    return info;
  }

  resolveFiles(info: UpdateInfo): ResolvedUpdateFileInfo[] {
    checkFiles(info.files, this.#folder);
    return resolveFiles(info, this.#folder);
  }

  async #read(address: URL): Promise<string> {
    const text = (await this.httpRequest(address)) ?? '';
    if (text.length <= FEED_LIMIT_CHARACTERS) return text;
    throw new Fault('update_refused', 'Cannot look for updates: the feed is refused', {
      why: `${address.pathname} is larger than a feed.`,
    });
  }
}
