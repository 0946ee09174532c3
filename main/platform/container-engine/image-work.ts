import type Docker from 'dockerode';
import { Fault } from '../../../schema/fault.ts';
import type { ImageBuild, ImageProgress, ImageWork } from '../../kernel/sandboxes/container-runtime.ts';
import { engineFault } from './engine-failure.ts';

/** A line of what an engine says while it pulls or builds. */
interface EngineLine {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Brings an image from its registry. */
export async function pullImage(api: Docker, name: string, work: ImageWork): Promise<void> {
  const act = `Cannot pull the image "${name}"`;
  // Without a tag an engine would bring all there are.
  const full = /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
  await followed(act, work, new PullProgress(), (abortSignal) => api.pull(full, { abortSignal }));
}

/** Builds an image of a folder with a Dockerfile. */
export async function buildImage(api: Docker, { name, folder, labels }: ImageBuild, work: ImageWork): Promise<void> {
  const act = `Cannot build the image "${name}"`;
  const options = { t: name, labels: { ...labels }, rm: true, forcerm: true, abortSignal: work.signal };
  await followed(act, work, new BuildProgress(), () => api.buildImage({ context: folder, src: ['.'] }, options));
}

interface Reading {
  /** undefined: nothing to tell. */
  read(line: EngineLine): ImageProgress | undefined;
}

async function followed(
  act: string,
  { signal, onProgress }: ImageWork,
  reading: Reading,
  begin: (signal: AbortSignal) => Promise<NodeJS.ReadableStream>,
): Promise<void> {
  let refusal: string | undefined;
  try {
    const answer = await begin(signal);
    for await (const line of linesOf(answer, signal)) {
      refusal ??= line.error;
      const progress = reading.read(line);
      if (progress) onProgress(progress);
    }
  } catch (thrown) {
    const fault = engineFault(act, signal.aborted ? signal.reason : thrown);
    throw fault.code === 'sandbox_failed' || fault.code === 'image_missing' ? unavailable(act, fault.why ?? '') : fault;
  }
  if (refusal !== undefined) throw unavailable(act, refusal);
}

function unavailable(act: string, why: string): Fault {
  const isFull = /no space left on device/i.test(why);
  const what = isFull ? 'the disk is full' : 'the container engine could not do it';
  return new Fault(isFull ? 'disk_full' : 'image_missing', `${act}: ${what}`, {
    // What the client puts in front says nothing of the image.
    why: why.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim(),
  });
}

async function* linesOf(answer: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<EngineLine> {
  const stop = (): void => {
    if ('destroy' in answer && typeof answer.destroy === 'function') answer.destroy(signal.reason);
  };
  signal.addEventListener('abort', stop, { once: true });
  let held = '';
  try {
    for await (const chunk of answer) {
      held += chunk.toString();
      const lines = held.split('\n');
      held = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
    }
    if (held.trim() !== '') yield JSON.parse(held);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The layers together, as far as their sizes are known. */
class PullProgress implements Reading {
  readonly #layers = new Map<string, { readonly current: number; readonly total: number }>();

  read({ id = '', status = '', progressDetail }: EngineLine): ImageProgress | undefined {
    const { current, total } = progressDetail ?? {};
    const known = this.#layers.get(id);
    if (status === 'Downloading' && current !== undefined && total !== undefined && total > 0)
      this.#layers.set(id, { current, total });
    else if (known && /^(Download complete|Pull complete|Already exists)/.test(status))
      this.#layers.set(id, { ...known, current: known.total });
    else if (status === '' || this.#layers.size > 0) return undefined;
    const layers = [...this.#layers.values()];
    const sum = (of: 'current' | 'total'): number => layers.reduce((all, layer) => all + layer[of], 0);
    if (layers.length === 0) return { detail: id === '' ? status : `${status} ${id}` };
    const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
    return {
      detail: `${mb(sum('current'))} of ${mb(sum('total'))} MB`,
      share: Math.min(1, sum('current') / sum('total')),
    };
  }
}

/** `Step 2/5 : RUN …`, as Docker says it, or `STEP 2/5: RUN …`, as Podman does. */
class BuildProgress implements Reading {
  read({ stream = '' }: EngineLine): ImageProgress | undefined {
    const step = /^step (\d+)\/(\d+)\s*: (.*)/i.exec(stream);
    if (!step) return undefined;
    const [, number = '', of = '', what = ''] = step;
    return { detail: `${number}/${of} ${what.slice(0, 120)}`, share: (Number(number) - 1) / Number(of) };
  }
}
