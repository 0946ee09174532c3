/** A worker is a file `main/platform/<folder>/<name>.ts`; `name` ends in `-worker`. */
export interface WorkerName {
  readonly folder: string;
  readonly name: string;
}

/**
 * Where a worker's file lies: the source itself when this runs from the sources, else `out/main/workers/<name>.js`.
 * Every bundle lies in a folder directly below `out/`.
 */
export function workerUrl({ folder, name }: WorkerName, runningFrom = import.meta.url): URL {
  return runningFrom.endsWith('.ts')
    ? new URL(`../${folder}/${name}.ts`, runningFrom)
    : new URL(`../main/workers/${name}.js`, runningFrom);
}
