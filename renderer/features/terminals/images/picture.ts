import type { PicturePlace } from './inline-file.ts';

/** A picture as a program printed it. */
export interface PrintedPicture {
  readonly protocol: 'sixel' | 'iterm';
  readonly text: string;
}

/** What the worker is asked: a picture, where it will be shown, and how many pixels it may have there. */
export interface PictureRequest {
  readonly picture: PrintedPicture;
  readonly place: PicturePlace;
  readonly limit: number;
}

/** Undefined where there is nothing to show. */
export type PictureAnswer = ImageBitmap | undefined;
