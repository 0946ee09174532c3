import type { Area } from '../contract/contract.ts';
import { API_PREFIX, type Route, routesOf } from './routes.ts';
import { wireName } from './wire-names.ts';

const BEGIN = '<!-- calls: written by `node schema/emit.ts` -->';
const END = '<!-- end -->';

/** The page with the list of every call over HTTP as the contract has it. @throws RangeError for a page without a place for it */
export function withCalls(page: string, areas: Readonly<Record<string, Area>>): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new RangeError(`The page has no place between "${BEGIN}" and "${END}"`);
  const rows = routesOf(areas).map(rowOf);
  const table = ['| call | does | keys |', '| --- | --- | --- |', ...rows].join('\n');
  return `${page.slice(0, begin)}${BEGIN}\n${table}\n${page.slice(end)}`;
}

function rowOf(route: Route): string {
  const { member, method, path, binding } = route;
  const address = path
    .slice(API_PREFIX.length)
    .replaceAll(/\{([^}]*)\}/g, (_whole, name: string) => wireName(name).toUpperCase());
  const form = binding.socket === undefined ? (binding.answer === 'events' ? '; events' : '') : '; events or WebSocket';
  return `| \`${method} ${address}\` | ${member.about}${form} | ${keysOf(route)} |`;
}

function keysOf({ member: { keys } }: Route): string {
  if (keys === undefined) return 'admin';
  return keys === 'any' ? 'any' : ['admin', ...keys].join(', ');
}
