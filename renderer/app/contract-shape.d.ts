declare module 'virtual:contract-shape' {
  import type { AuditType } from '../../schema/audit-record.ts';
  import type { Areas } from '../../schema/contract/areas.ts';

  /** The areas without their schemas: names and kinds only. */
  export const contractShape: Areas;
  export const auditTypes: readonly AuditType[];
}
