import type { ILink, ILinkProvider, Terminal } from '@xterm/xterm';
import { type FilePlace, placesIn } from './workspace-path.ts';

export interface FileLinksOptions {
  readonly terminal: Terminal;
  /** The folder that the shell is in. */
  readonly folder: () => string;
  readonly onOpen: (event: MouseEvent, place: FilePlace) => void;
  /** The one under the pointer; undefined once it has left. */
  readonly onHover: (place: FilePlace | undefined) => void;
}

/** Longer lines are looked at no further: nobody reads a path out of them. */
const LIMIT_CHARACTERS = 4096;

/** Makes links of the files of the workspace that are named in the output. */
export function fileLinks({ terminal, folder, onOpen, onHover }: FileLinksOptions): ILinkProvider {
  return {
    provideLinks(row, answer) {
      const { text, cells } = wholeLine(terminal, row - 1);
      const links = placesIn(text, folder()).flatMap(({ start, end, ...place }): ILink[] => {
        const [from, to] = [cells[start], cells[end - 1]];
        if (from === undefined || to === undefined) return [];
        return [
          {
            text: text.slice(start, end),
            range: { start: from, end: to },
            activate: (event) => onOpen(event, place),
            hover: () => onHover(place),
            leave: () => onHover(undefined),
          },
        ];
      });
      answer(links.length === 0 ? undefined : links);
    },
  };
}

/** A line with what it was wrapped into, and where each of its characters stands; rows and columns begin at 1. */
function wholeLine(terminal: Terminal, row: number): { text: string; cells: { x: number; y: number }[] } {
  const { active } = terminal.buffer;
  let first = row;
  while (first > 0 && active.getLine(first)?.isWrapped === true) first -= 1;
  let text = '';
  const cells: { x: number; y: number }[] = [];
  for (let at = first; at === first || active.getLine(at)?.isWrapped === true; at += 1) {
    const line = active.getLine(at);
    const columns = line?.length ?? 0;
    for (let column = 0; column < columns; column += 1) {
      const cell = line?.getCell(column);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const characters = cell.getChars() || ' ';
      text += characters;
      for (let part = 0; part < characters.length; part += 1) cells.push({ x: column + 1, y: at + 1 });
    }
    if (text.length > LIMIT_CHARACTERS) break;
  }
  return { text, cells };
}
