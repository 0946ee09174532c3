/** Limits of every framed connection (docs/architecture.md, "Frames"). Apart from the schema, so that the agent in a sandbox starts without TypeBox. */
export const FRAME_LIMIT_BYTES = 16 * 1024 * 1024;
export const FRAME_LIMIT_DEPTH = 64;
