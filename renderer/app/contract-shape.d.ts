declare module 'virtual:contract-shape' {
  import type { Areas } from '../../schema/contract/areas.ts';

  /** The areas without their schemas: names and kinds only. */
  export const contractShape: Areas;
}
