import type { Option, Options, ValueKind } from '../option.ts';

/** How a value is called in a usage line. */
export function placeholder(kind: ValueKind = 'text'): string {
  if (typeof kind !== 'string') return kind.join('|');
  return kind === 'number' ? 'N' : kind.toUpperCase();
}

/** `-m, --message TEXT` */
export function optionLabel(name: string, option: Option): string {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const taken = option.type === 'string' ? ` ${placeholder(option.value)}` : '';
  return `${short}--${name}${taken}`;
}

export function optionRows(options: Options): [label: string, about: string][] {
  return Object.entries(options).map(([name, option]) => [optionLabel(name, option), option.about]);
}
