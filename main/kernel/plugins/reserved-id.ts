import { areas } from '../../../schema/contract/areas.ts';
import type { PackageProblem } from './ports.ts';

/** Beside the areas of the contract: what the policy is asked about and the contract has no call for, and who acts in the record. */
const OTHERS = ['agent', 'cavern', 'host', 'kernel', 'mcp', 'network', 'operator', 'process', 'workspace'];
const RESERVED: ReadonlySet<string> = new Set([...Object.keys(areas), ...OTHERS]);

/**
 * Why a plugin cannot have an id. Tools are judged under their own names, which begin with it, and so are Cavern's own calls: a rule that
 * allows `changes.list` would let a tool of that name pass that nobody has written a rule for.
 */
export function reservedIdProblem(id: string): PackageProblem | undefined {
  if (!RESERVED.has(id)) return undefined;
  const message = `calls of Cavern itself begin with "${id}.", and the rules about them would count for its tools`;
  return { code: 'reserved_name', message, path: '/id' };
}
