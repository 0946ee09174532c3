import { splitAtNul } from './records.ts';

type Setting = readonly [key: string, value: string];

/** What of a repository's own settings names programs, by names of its choosing. */
export interface ForeignPrograms {
  readonly filters: ReadonlySet<string>;
  readonly mergeDrivers: ReadonlySet<string>;
}

/** What `git config --name-only --get-regexp` is asked for. */
export const FOREIGN_PROGRAMS = '^(filter|merge)\\..*\\.';

/** Reads the names of settings, each ended by NUL. */
export function parseForeignPrograms(output: Buffer): ForeignPrograms {
  const names = (section: string): Set<string> =>
    new Set(
      splitAtNul(output).flatMap((key) => {
        const [, of, name] = /^(filter|merge)\.([^]*)\.[^.]*$/.exec(key) ?? [];
        return of === section && name !== undefined ? [name] : [];
      }),
    );
  return { filters: names('filter'), mergeDrivers: names('merge') };
}

/**
 * Settings above the repository's own by which none of these programs runs. Filters are `passed over` where files are compared or written;
 * where content is stored they are `refused`: what a filter should have hidden or moved elsewhere must not be stored as it is.
 */
export function withoutForeignPrograms(
  { filters, mergeDrivers }: ForeignPrograms,
  use: 'passed over' | 'refused',
): Setting[] {
  const clean = use === 'refused' ? 'false' : '';
  const required = use === 'refused' ? 'true' : 'false';
  return [
    ...[...filters].flatMap((name): Setting[] => [
      [`filter.${name}.clean`, clean],
      [`filter.${name}.smudge`, ''],
      [`filter.${name}.process`, ''],
      [`filter.${name}.required`, required],
    ]),
    // As a driver that could not merge: both sides stay in the index, as a conflict.
    ...[...mergeDrivers].map((name): Setting => [`merge.${name}.driver`, 'false']),
  ];
}

/** The filters that attributes name, from what `git check-attr -z filter` printed. */
export function filtersOfAttributes(output: Buffer): Set<string> {
  const fields = splitAtNul(output);
  const values = fields.filter((_, index) => index % 3 === 2);
  return new Set(values.filter((value) => !['unspecified', 'unset', 'set'].includes(value)));
}
