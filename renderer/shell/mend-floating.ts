const LAYER = 'aria-level';

/**
 * The docking library tells by `aria-level` which floating panel lies above which, on elements whose role has no level; it keeps the
 * order in their style as well. A screen reader would be told nonsense: the attribute is taken away wherever it is set. Gives what ends it.
 */
export function mendFloating(dock: HTMLElement): () => void {
  const observer = new MutationObserver(() => {
    for (const element of dock.querySelectorAll(`.dv-resize-container[${LAYER}]`)) element.removeAttribute(LAYER);
  });
  observer.observe(dock, { subtree: true, childList: true, attributeFilter: [LAYER] });
  return () => observer.disconnect();
}
