import type { ImageState } from '../../../../schema/contract/image.ts';
import type { Failure } from '../../../../schema/entities.ts';
import { Fault, toFault } from '../../../../schema/fault.ts';
import { Broadcast } from '../../../base/broadcast.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { ContainerRuntime, FoundImage, ImageProgress, ImageWork } from '../container-runtime.ts';
import type { DoUpkeep } from '../../scheduler/turn.ts';
import type { EngineAccess } from '../engine-access.ts';
import { pause } from '../../../base/pause.ts';
import { failureOf } from '../sandbox-records.ts';
import { type ImageRecipes, type ImageSource, RECIPE_LABEL, imageSource, recipeName } from './image-source.ts';

export interface SandboxImagesOptions {
  readonly engine: EngineAccess;
  readonly recipes: ImageRecipes;
  /** Waits until it is a build's or a pull's turn; at once if absent. */
  readonly doUpkeep?: DoUpkeep;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything that is known of an image that was asked for. */
interface Known {
  readonly state: ImageState['state'];
  readonly sizeBytes?: number;
  readonly progress?: ImageProgress;
  readonly failure?: Failure;
}

interface Job {
  readonly done: Promise<void>;
  readonly listeners: Set<(progress: ImageProgress) => void>;
}

/** An engine that is restarted is back within these. */
const RETRIES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * The images of the profiles: what is missing is pulled or built once, whoever asks, and goes on when those who asked have left.
 * The program's own are made by its set-up alone.
 */
export class SandboxImages implements AsyncDisposable {
  readonly #options: SandboxImagesOptions;
  readonly #known = new Map<string, Known>();
  readonly #jobs = new Map<string, Job>();
  readonly #changed = new Broadcast<void>();
  readonly #closing = new AbortController();

  constructor(options: SandboxImagesOptions) {
    this.#options = options;
  }

  /** Resolves when the engine has it, as its recipe says now. @throws Fault `image_missing`, `engine_unavailable`, `cancelled`, `disk_full` */
  async ensure(name: string, { signal, onProgress }: ImageWork): Promise<void> {
    signal.throwIfAborted();
    const job = this.#jobs.get(name) ?? this.#begin(name);
    const { progress } = this.#known.get(name) ?? {};
    if (progress) onProgress(progress);
    job.listeners.add(onProgress);
    try {
      await Promise.race([job.done, aborted(signal)]);
    } finally {
      job.listeners.delete(onProgress);
    }
  }

  /** Begins with all of these that are not the program's own; what fails is said in the list. */
  prepareAhead(names: readonly string[]): void {
    const { signal } = this.#closing;
    for (const name of new Set(names.filter((each) => imageSource(each) !== 'program'))) {
      this.ensure(name, { signal, onProgress: () => undefined }).catch((cause: unknown) => {
        if (!signal.aborted) this.#options.logger.warn('an image cannot be prepared', { image: name, cause });
      });
    }
  }

  /** What is known of each; those that nobody asked for yet are looked up. */
  async list(profiles: ReadonlyMap<string, { readonly image: string }>): Promise<ImageState[]> {
    const users = new Map<string, string[]>();
    for (const [profile, { image }] of profiles) users.set(image, [...(users.get(image) ?? []), profile]);
    return Promise.all(
      [...users].map(async ([name, names]) => {
        const { progress, ...known } = this.#jobs.has(name) ? this.#knownOf(name) : await this.#lookUp(name);
        return { name, source: imageSource(name), profiles: names.sort(), ...known, ...progress };
      }),
    );
  }

  /** Whenever something of the list is another. */
  changes(signal: AbortSignal): AsyncIterable<void> {
    return this.#changed.listen(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#jobs.values()].map(({ done }) => done));
  }

  #knownOf(name: string): Known {
    return this.#known.get(name) ?? { state: 'missing' };
  }

  #set(name: string, known: Known): void {
    this.#known.set(name, known);
    this.#changed.publish();
  }

  #begin(name: string): Job {
    const listeners: Job['listeners'] = new Set();
    const onProgress = (progress: ImageProgress): void => {
      this.#set(name, { state: 'working', progress });
      for (const listener of listeners) listener(progress);
    };
    const work = this.#untilEngineAnswers(name, { signal: this.#closing.signal, onProgress });
    const done = work.then(
      ({ sizeBytes }) => this.#end(name, { state: 'ready', sizeBytes }),
      (thrown: unknown) => {
        this.#end(name, { state: 'failed', failure: failureOf(toFault(thrown)) });
        throw thrown;
      },
    );
    // Whoever waits is told; the list says it to the others.
    done.catch(() => undefined);
    const job = { done, listeners };
    this.#jobs.set(name, job);
    return job;
  }

  #end(name: string, known: Known): void {
    this.#jobs.delete(name);
    this.#set(name, known);
  }

  async #untilEngineAnswers(name: string, work: ImageWork): Promise<FoundImage> {
    for (const delayMs of RETRIES_MS) {
      try {
        return await this.#bring(name, work);
      } catch (thrown) {
        if (toFault(thrown).code !== 'engine_unavailable' || work.signal.aborted) throw thrown;
        this.#options.engine.forget();
        work.onProgress({ detail: 'waiting for the container engine' });
        await pause(this.#options.clock, delayMs, work.signal);
      }
    }
    return this.#bring(name, work);
  }

  async #bring(name: string, work: ImageWork): Promise<FoundImage> {
    const engine = await this.#options.engine.get();
    const source = imageSource(name);
    const build = source === 'recipe' ? await this.#build(name) : undefined;
    const found = await engine.images.inspect(name);
    if (found && (build === undefined || found.labels[RECIPE_LABEL] === build.labels[RECIPE_LABEL])) return found;
    if (source === 'program') throw missing(name, source);
    const kind = build ? 'image.build' : 'image.pull';
    if (this.#options.doUpkeep) work.onProgress({ detail: 'waiting for its turn' });
    await this.#inTurn({ kind, name }, work.signal, (signal) => {
      work.onProgress({ detail: build ? `building ${name}` : `pulling ${name}` });
      return build ? engine.images.build(build, { ...work, signal }) : engine.images.pull(name, { ...work, signal });
    });
    if (build && found) await this.#removeFormer(engine, found);
    return (await engine.images.inspect(name)) ?? Promise.reject(missing(name, source));
  }

  #inTurn(
    of: { readonly kind: 'image.build' | 'image.pull'; readonly name: string },
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { doUpkeep } = this.#options;
    return doUpkeep ? doUpkeep({ ...of, profile: 'image', for: 'person' }, signal, work) : work(signal);
  }

  /** What had the name before a new build took it. One that a container still uses, or that has another name, stays; `prune` looks again. */
  async #removeFormer(engine: ContainerRuntime, former: FoundImage): Promise<void> {
    try {
      const unnamed = await engine.images.unnamed(RECIPE_LABEL);
      const found = unnamed.find(({ id }) => digestOf(id) === digestOf(former.id));
      if (found) await engine.images.remove(found.id);
    } catch (cause) {
      this.#options.logger.info('the former image of a recipe stays', { image: former.id, cause });
    }
  }

  async #build(name: string) {
    const recipe = await this.#options.recipes.find(recipeName(name));
    if (!recipe) throw missing(name, 'recipe');
    return { name, folder: recipe.folder, labels: { [RECIPE_LABEL]: recipe.digest } };
  }

  async #lookUp(name: string): Promise<Known> {
    const known = this.#knownOf(name);
    const found = await this.#find(name).catch(() => undefined);
    if (found) return { state: 'ready', sizeBytes: found.sizeBytes };
    return known.state === 'failed' ? known : { state: 'missing' };
  }

  async #find(name: string): Promise<FoundImage | undefined> {
    const engine: ContainerRuntime = await this.#options.engine.get();
    return engine.images.inspect(name);
  }
}

/** Engines write the algorithm in front of an id, or leave it out. */
function digestOf(id: string): string {
  return id.replace(/^sha256:/, '');
}

/** What to do about it is another thing for each source. */
export function missing(image: string, source: ImageSource): Fault {
  const fixes: Readonly<Record<ImageSource, string>> = {
    program: 'Make it with `npm run setup`.',
    recipe: `Write a Dockerfile in the folder images/${recipeName(image)} of Cavern's home.`,
    registry: `See that the engine can pull it, then: cavern image prepare ${image}`,
  };
  return new Fault('image_missing', `Cannot use the image "${image}": it is missing`, { fix: fixes[source] });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new Fault('cancelled', 'Waiting for an image was cancelled'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
