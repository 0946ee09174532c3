import { Graph, layout } from '@dagrejs/dagre';
import type { Task } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';

export interface PlacedTask {
  readonly task: Task;
  readonly x: number;
  readonly y: number;
}

export interface PlacedGraph {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly tasks: readonly PlacedTask[];
  readonly edges: readonly {
    readonly key: string;
    readonly path: string;
    readonly from: TaskId;
    readonly to: TaskId;
  }[];
}

export const NODE_WIDTH_PX = 150;
export const NODE_HEIGHT_PX = 34;
const MARGIN_PX = 16;

/** Places tasks from left to right, what is depended on before what depends on it. */
export function placeTasks(tasks: readonly Task[]): PlacedGraph {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 48, marginx: MARGIN_PX, marginy: MARGIN_PX });
  graph.setDefaultEdgeLabel(() => ({}));
  const byId = new Map(tasks.map((task) => [String(task.id), task]));
  for (const id of byId.keys()) graph.setNode(id, { width: NODE_WIDTH_PX, height: NODE_HEIGHT_PX });
  for (const { id, dependencies } of tasks) {
    for (const dependency of dependencies) if (byId.has(dependency)) graph.setEdge(dependency, id);
  }
  layout(graph);
  const placed = tasks.map((task) => {
    const { x = 0, y = 0 } = graph.node(task.id);
    return { task, x, y };
  });
  const edges = graph.edges().flatMap(({ v, w }) => {
    const [from, to] = [byId.get(v), byId.get(w)];
    if (from === undefined || to === undefined) return [];
    const between = (graph.edge(v, w).points ?? []).slice(1, -1);
    const [begin, end] = [graph.node(v), graph.node(w)];
    const points = [sideOf(begin, 'right'), ...between, sideOf(end, 'left')];
    return [{ key: `${v} ${w}`, path: pathOf(points), from: from.id, to: to.id }];
  });
  const { width = 0, height = 0 } = graph.graph();
  return { widthPx: width, heightPx: height, tasks: placed, edges };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function sideOf({ x = 0, y = 0 }: Partial<Point>, side: 'left' | 'right'): Point {
  return { x: x + (side === 'left' ? -NODE_WIDTH_PX / 2 : NODE_WIDTH_PX / 2), y };
}

/** Leaves and arrives level, and swings from one height to the next between. */
function pathOf(points: readonly Point[]): string {
  return points
    .map(({ x, y }, index) => {
      const former = points[index - 1];
      const at = `${x.toFixed(1)} ${y.toFixed(1)}`;
      if (former === undefined) return `M${at}`;
      const middle = ((former.x + x) / 2).toFixed(1);
      return `C${middle} ${former.y.toFixed(1)} ${middle} ${y.toFixed(1)} ${at}`;
    })
    .join('');
}
