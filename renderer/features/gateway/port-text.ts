const PORT_LIMIT = 65_535;

/** The port that somebody typed; 0 for nothing, which is any that is free; undefined where it is none. */
export function portOf(text: string): number | undefined {
  const typed = text.trim();
  if (typed === '') return 0;
  if (!/^\d{1,5}$/.test(typed)) return undefined;
  const port = Number(typed);
  return port > PORT_LIMIT ? undefined : port;
}
