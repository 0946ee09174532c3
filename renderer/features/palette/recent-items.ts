const KEPT = 'cavern.palette-recent';
const LIMIT = 8;

/** Ids of what was used last, the newest first. */
export function recentItems(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, LIMIT) : [];
  } catch {
    return [];
  }
}

export function rememberItem(id: string): void {
  const others = recentItems().filter((other) => other !== id);
  localStorage.setItem(KEPT, JSON.stringify([id, ...others].slice(0, LIMIT)));
}
