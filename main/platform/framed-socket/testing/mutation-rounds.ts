/** How often, and with how many frames each time, a peer is sent what is no frame any more: a million in all where there is time. */
export function mutationRounds(framesInHaste: number): { readonly seeds: readonly number[]; readonly frames: number } {
  if (process.env['CAVERN_LONG'] !== '1') return { seeds: [1], frames: framesInHaste };
  return { seeds: Array.from({ length: 20 }, (_, at) => 1 + at), frames: 50_000 };
}
