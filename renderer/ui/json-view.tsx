import { Fragment, type ReactNode } from 'react';
import { messages } from './messages.ts';
import './json-view.css';

/** Longer values are shown cut; copying gives all of it. */
const SHOWN_LIMIT = 100_000;

/** As much of a text as is shown, and how much more there is. */
export function shownText(text: string): string {
  if (text.length <= SHOWN_LIMIT) return text;
  return `${text.slice(0, SHOWN_LIMIT)}\n… ${messages.moreCharacters(text.length - SHOWN_LIMIT)}`;
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A JSON value, indented and coloured. */
export function JsonView({ value }: { readonly value: unknown }) {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  return <pre className="json-view selectable">{colored(shownText(text))}</pre>;
}

function colored(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    parts.push(text.slice(end, match.index));
    const kind = colon !== undefined ? 'key' : string !== undefined ? 'string' : 'atom';
    parts.push(
      <Fragment key={match.index}>
        <span className={`json-${kind}`}>{string ?? whole}</span>
        {colon}
      </Fragment>,
    );
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}
