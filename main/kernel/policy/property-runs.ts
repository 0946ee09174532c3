/** How often a property is tried: often in `npm run test:long` (CAVERN_LONG=1), a hundredth of that otherwise. */
export function propertyRuns(runs: number): { numRuns: number } {
  return { numRuns: process.env['CAVERN_LONG'] === '1' ? runs * 100 : runs };
}
