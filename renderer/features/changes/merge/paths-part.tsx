import { formatNumber } from '../../../ui/format.ts';
import { messages } from '../messages.ts';

const SHOWN = 50;

export interface PathsPartProps {
  readonly title: string;
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly paths: readonly string[];
  readonly isOpen?: true;
}

/** Some paths under a title with their number; the first of them by name. */
export function PathsPart({ title, tone, paths, isOpen }: PathsPartProps) {
  if (paths.length === 0) return tone === 'good' ? <p className="outcome-part">{title}</p> : null;
  return (
    <details className="outcome-part" data-tone={tone} open={isOpen ?? tone === 'bad'}>
      <summary>
        {title} <span className="outcome-count">{formatNumber(paths.length)}</span>
      </summary>
      <ul className="mono selectable">
        {paths.slice(0, SHOWN).map((path) => (
          <li key={path} className="truncate">
            {path}
          </li>
        ))}
        {paths.length > SHOWN ? <li>{messages.morePaths(paths.length - SHOWN)}</li> : null}
      </ul>
    </details>
  );
}
