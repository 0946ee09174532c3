/** They decide what the agent itself runs with, or where the sandbox's own things are. */
const RESERVED = /^(CAVERN_.*|LD_.*|NODE_OPTIONS|HOME|USER|PATH|(HTTPS?|ALL|NO)_PROXY)$/i;

/** True for a variable that is Cavern's own: neither a workspace nor a handed secret sets it. */
export function isReservedVariable(name: string): boolean {
  return RESERVED.test(name);
}
