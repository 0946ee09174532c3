import { ScrollText } from 'lucide-react';
import type { AuditFilters } from '../../schema/contract/audit.ts';
import { IconButton } from '../ui/button.tsx';
import { useServices } from './services.tsx';

export interface RecordsButtonProps {
  /** What the audit view is to show. */
  readonly filters: AuditFilters;
  /** Whose records they are, for the tooltip and screen readers. */
  readonly label: string;
  readonly className?: string;
}

/** The way from anything in the window to what the audit chain says of it. */
export function RecordsButton({ filters, label, className }: RecordsButtonProps) {
  const { workbench } = useServices();
  return (
    <IconButton
      icon={ScrollText}
      label={label}
      {...(className === undefined ? {} : { className })}
      onClick={() => workbench.showRecords(filters)}
    />
  );
}
