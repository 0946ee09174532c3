import { messages } from './messages.ts';

let place: HTMLElement | undefined;

/** Where menus and hints are drawn: over everything, and in a part of the page that a screen reader can name. Made with the first. */
export function landmark(): HTMLElement {
  if (place !== undefined) return place;
  place = document.createElement('div');
  place.role = 'region';
  place.ariaLabel = messages.menus;
  document.body.append(place);
  return place;
}
