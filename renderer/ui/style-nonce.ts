/** The nonce that the host wrote into this page. */
export function styleNonce(): string {
  return document.querySelector<HTMLElement>('[nonce]')?.nonce ?? '';
}

/**
 * Gives every style element that a library makes at run time the page's nonce. xterm.js makes several and has no option
 * for it; the content security policy refuses those without.
 */
export function installStyleNonce(nonce: string): void {
  const createElement = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = createElement(name, options);
    if (name.toLowerCase() === 'style') element.nonce = nonce;
    return element;
  };
}
