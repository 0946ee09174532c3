import type { ISearchOptions, SearchAddon } from '@xterm/addon-search';
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { colorOf, onThemeChange } from '../../app/theme.ts';
import { IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { messages } from './messages.ts';

export interface TerminalFindProps {
  readonly search: SearchAddon;
  readonly onClose: () => void;
}

export function TerminalFind({ search, onClose }: TerminalFindProps) {
  const [text, setText] = useState('');
  const [found, setFound] = useState({ resultIndex: -1, resultCount: 0 });
  useEffect(() => {
    const results = search.onDidChangeResults(setFound);
    return () => {
      results.dispose();
      search.clearDecorations();
    };
  }, [search]);
  useEffect(() => onThemeChange(() => markAnew(search, text)), [search, text]);
  const change = (next: string): void => {
    setText(next);
    if (next === '') search.clearDecorations();
    else search.findNext(next, { ...searchOptions(), incremental: true });
  };
  const next = (): void => void search.findNext(text, searchOptions());
  const previous = (): void => void search.findPrevious(text, searchOptions());
  return (
    <search className="terminal-find">
      <TextField
        value={text}
        aria-label={messages.find}
        placeholder={messages.find}
        autoFocus
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key === 'Enter') (event.shiftKey ? previous : next)();
        }}
      />
      <span className="terminal-find-count" role="status">
        {text === '' ? '' : messages.matches(found.resultIndex, found.resultCount)}
      </span>
      <IconButton icon={ChevronUp} label={messages.previous} onClick={previous} />
      <IconButton icon={ChevronDown} label={messages.next} onClick={next} />
      <IconButton icon={X} label={messages.closeFind} onClick={onClose} />
    </search>
  );
}

/** What is marked has the colours of when it was marked: marks the same in those of now. */
function markAnew(search: SearchAddon, text: string): void {
  search.clearDecorations();
  if (text !== '') search.findNext(text, { ...searchOptions(), incremental: true });
}

function searchOptions(): ISearchOptions {
  const border = hexOf(colorOf('--warn'));
  return {
    decorations: {
      matchBackground: hexOf(colorOf('--warn-soft')),
      matchOverviewRuler: border,
      activeMatchBackground: hexOf(colorOf('--surface-selected')),
      activeMatchBorder: border,
      activeMatchColorOverviewRuler: border,
    },
  };
}

/** The search add-on takes colours as #rrggbb only. */
function hexOf(color: string): string {
  const channels = color.match(/\d+(\.\d+)?/g)?.slice(0, 3) ?? [];
  return `#${channels.map((channel) => Math.round(Number(channel)).toString(16).padStart(2, '0')).join('')}`;
}
