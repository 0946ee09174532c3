import { ChevronDown, ChevronRight, EyeOff, Folder, KeyRound } from 'lucide-react';
import { Badge } from '../../../ui/badge.tsx';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import type { ChangeRow } from '../change-rows.ts';
import { messages } from '../messages.ts';
import { indentOf } from './indent.ts';

interface SectionRowProps {
  readonly row: Extract<ChangeRow, { type: 'section' }>;
  readonly onToggle: () => void;
}

/** What is set apart, with how much of it there is. */
export function SectionRow({ row, onToggle }: SectionRowProps) {
  const Chevron = row.open ? ChevronDown : ChevronRight;
  const Icon = row.section === 'secret' ? KeyRound : EyeOff;
  return (
    <button type="button" className="change-section" aria-expanded={row.open} onClick={onToggle}>
      <Chevron size={13} aria-hidden />
      <Icon size={13} aria-hidden />
      <span>{row.section === 'secret' ? messages.secret : messages.ignored}</span>
      <Badge>{formatNumber(row.count)}</Badge>
      <span className="grow truncate change-aside" title={messages.left}>
        {messages.left}
      </span>
      <span className="change-size">{formatBytes(row.sizeBytes)}</span>
    </button>
  );
}

interface FolderRowProps {
  readonly row: Extract<ChangeRow, { type: 'folder' }>;
  readonly onToggle: () => void;
}

export function FolderRow({ row, onToggle }: FolderRowProps) {
  const Chevron = row.open ? ChevronDown : ChevronRight;
  return (
    <button
      type="button"
      className="change-branch"
      aria-expanded={row.open}
      data-folder={row.path}
      style={indentOf(row.depth)}
      onClick={onToggle}
    >
      <Chevron size={13} aria-hidden />
      <Folder size={13} aria-hidden />
      <span className="truncate">{row.label}</span>
      <span className="change-size">{formatNumber(row.count)}</span>
    </button>
  );
}
