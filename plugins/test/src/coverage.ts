import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { parseGoCover } from './go-cover.ts';
import { locatedFile, type ReportedFrom } from './located-file.ts';

const Share = Type.Object({ covered: Type.Integer(), total: Type.Integer() });
type Share = Static<typeof Share>;

export const Coverage = Type.Object({
  source: Type.String({ description: 'The report it was read from' }),
  lines: Share,
  branches: Type.Optional(Share),
  functions: Type.Optional(Share),
  files: Type.Array(
    Type.Object({
      file: Type.String({ description: 'Relative to the workspace where it lies there' }),
      lines: Share,
    }),
  ),
});
export type Coverage = Static<typeof Coverage>;

const FILE_LIMIT = 2_000;

function sum(shares: readonly Share[]): Share {
  return {
    covered: shares.reduce((total, each) => total + each.covered, 0),
    total: shares.reduce((total, each) => total + each.total, 0),
  };
}

export interface FileCoverage {
  readonly file: string;
  readonly lines: Share;
  /** Absent where the report does not count them. */
  readonly branches?: Share;
  readonly functions?: Share;
}

/** Files from outside of the workspace, such as an interpreter's own, are not the project's. */
function coverageOf(source: string, reported: readonly FileCoverage[], from: ReportedFrom): Coverage {
  const files = reported
    .map((each) => ({ ...each, file: locatedFile(each.file, from) }))
    .filter(({ file }) => !isAbsolute(file));
  const branches = sum(files.flatMap((each) => each.branches ?? []));
  const functions = sum(files.flatMap((each) => each.functions ?? []));
  return {
    source,
    lines: sum(files.map(({ lines }) => lines)),
    ...(branches.total === 0 ? {} : { branches }),
    ...(functions.total === 0 ? {} : { functions }),
    files: files.slice(0, FILE_LIMIT).map(({ file, lines }) => ({ file, lines })),
  };
}

/** Reads a tracefile of lcov (geninfo(1), "FILES"). */
export function parseLcov(text: string): FileCoverage[] {
  return text
    .split('end_of_record')
    .filter((record) => record.includes('SF:'))
    .map((record) => {
      const value = (key: string): string => new RegExp(`^${key}:(.*)$`, 'm').exec(record)?.[1]?.trim() ?? '';
      const share = (hit: string, found: string): Share => ({
        covered: Number(value(hit)),
        total: Number(value(found)),
      });
      return {
        file: value('SF'),
        lines: share('LH', 'LF'),
        branches: share('BRH', 'BRF'),
        functions: share('FNH', 'FNF'),
      };
    });
}

interface IstanbulFile {
  readonly path?: string;
  readonly statementMap?: Record<string, { readonly start: { readonly line: number } }>;
  readonly s?: Record<string, number>;
  readonly b?: Record<string, readonly number[]>;
  readonly f?: Record<string, number>;
}

function hits(counts: readonly number[]): Share {
  return { covered: counts.filter((count) => count > 0).length, total: counts.length };
}

/** Reads Istanbul's coverage-final.json; a line is covered as often as the most frequent statement that starts on it. */
export function parseIstanbul(text: string): FileCoverage[] {
  const report: Record<string, IstanbulFile> = JSON.parse(text);
  return Object.entries(report).map(([file, { path, statementMap = {}, s = {}, b = {}, f = {} }]) => {
    const lines = new Map<number, number>();
    for (const [id, { start }] of Object.entries(statementMap)) {
      lines.set(start.line, Math.max(lines.get(start.line) ?? 0, s[id] ?? 0));
    }
    return {
      file: path ?? file,
      lines: hits([...lines.values()]),
      branches: hits(Object.values(b).flat()),
      functions: hits(Object.values(f)),
    };
  });
}

function goModule(folder: string): string {
  const file = join(folder, 'go.mod');
  return existsSync(file) ? (/^module\s+"?([^\s"]+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '') : '';
}

const REPORTS: readonly (readonly [name: string, parse: (text: string, folder: string) => FileCoverage[]])[] = [
  ['lcov.info', parseLcov],
  ['coverage-final.json', parseIstanbul],
  ['cover.out', (text, folder) => parseGoCover(text, goModule(folder))],
];

/** The first coverage report in one of the folders that this run wrote; undefined when there is none that can be read. */
export function readCoverage(folders: readonly string[], sinceMs: number, from: ReportedFrom): Coverage | undefined {
  for (const folder of folders) {
    for (const [name, parse] of REPORTS) {
      const path = join(folder, name);
      if (!existsSync(path) || statSync(path).mtimeMs < sinceMs) continue;
      try {
        return coverageOf(name, parse(readFileSync(path, 'utf8'), from.folder), from);
      } catch {
        // A report that was cut off is no report.
        continue;
      }
    }
  }
  return undefined;
}
