import { useMemo, useState } from 'react';
import type { Tool } from '../../../schema/entities.ts';
import { FilterField } from '../../ui/field.tsx';
import { messages } from './messages.ts';

export interface ToolListProps {
  readonly tools: readonly Tool[];
  readonly selected: string | undefined;
  readonly onSelect: (tool: Tool) => void;
}

/** The tools by plugin, with a filter over names and descriptions. */
export function ToolList({ tools, selected, onSelect }: ToolListProps) {
  const [filter, setFilter] = useState('');
  const groups = useMemo(() => groupsOf(tools, filter), [tools, filter]);
  return (
    <div className="tool-list">
      <div className="tool-filter">
        <FilterField value={filter} onChange={setFilter} label={messages.filter} />
      </div>
      <div className="tool-groups">
        {groups.map(([plugin, members]) => (
          <section key={plugin} aria-label={plugin}>
            <h2 className="tool-group">{plugin}</h2>
            <ul>
              {members.map((tool) => (
                <li key={tool.name}>
                  <button
                    type="button"
                    className="tool-row"
                    aria-current={tool.name === selected ? 'true' : undefined}
                    title={tool.description}
                    onClick={() => onSelect(tool)}
                  >
                    <span className="mono truncate">{tool.name}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
        {groups.length === 0 ? <p className="tool-no-match">{messages.noMatch}</p> : null}
      </div>
    </div>
  );
}

function groupsOf(tools: readonly Tool[], filter: string): [string, Tool[]][] {
  const wanted = filter.trim().toLowerCase();
  const groups = new Map<string, Tool[]>();
  for (const tool of tools) {
    if (!`${tool.name} ${tool.description}`.toLowerCase().includes(wanted)) continue;
    groups.set(tool.plugin, [...(groups.get(tool.plugin) ?? []), tool]);
  }
  return [...groups];
}
