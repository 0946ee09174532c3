export interface Node {
  readonly name: string;
  readonly dependencies: readonly string[];
}

/** The first cycle: each name depends on the next one, and the last is the first. Looks at every dependency once. */
export function findCycle(nodes: readonly Node[]): readonly string[] | undefined {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const done = new Set<string>();
  for (const { name } of nodes) {
    const path: { name: string; next: number }[] = [];
    const onPath = new Set<string>();
    const enter = (entered: string): void => {
      path.push({ name: entered, next: 0 });
      onPath.add(entered);
    };
    if (!done.has(name)) enter(name);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = byName.get(top.name)?.dependencies[top.next];
      top.next += 1;
      if (next === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(next)) {
        const names = path.map((step) => step.name);
        return [...names.slice(names.indexOf(next)), next];
      } else if (byName.has(next) && !done.has(next)) enter(next);
    }
  }
  return undefined;
}
