const SVG = 'http://www.w3.org/2000/svg';

/** Outlines of Lucide's icons, for marks that the editor draws itself. */
export const GLYPHS = {
  accept: 'M20 6 9 17l-5-5',
  reject: 'M18 6 6 18M6 6l12 12',
  comment: 'M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z',
} as const;

const drawn = new Map<keyof typeof GLYPHS, SVGSVGElement>();

/** A copy of what was drawn once: marks come and go with every page that is scrolled. */
export function glyph(name: keyof typeof GLYPHS): Node {
  const first = drawn.get(name) ?? draw(name);
  drawn.set(name, first);
  return first.cloneNode(true);
}

function draw(name: keyof typeof GLYPHS): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = { viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', 'stroke-width': '2.5' };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = svg.appendChild(document.createElementNS(SVG, 'path'));
  path.setAttribute('d', GLYPHS[name]);
  return svg;
}

export interface GlyphButtonOptions {
  readonly name: keyof typeof GLYPHS;
  readonly label: string;
  readonly onPress: () => void;
}

/** A button for the mouse alone: what it does has a key of its own. */
export function glyphButton({ name, label, onPress }: GlyphButtonOptions): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.tabIndex = -1;
  button.className = `mark-button mark-${name}`;
  button.title = label;
  button.setAttribute('aria-label', label);
  button.append(glyph(name));
  // The editor would move its cursor on a press.
  button.addEventListener('mousedown', (event) => event.preventDefault());
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    onPress();
  });
  return button;
}
