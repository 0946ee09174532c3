import type { CSSProperties, SyntheticEvent } from 'react';
import type { DiffSide } from '../../../../schema/contract/changes.ts';

export interface PictureProps {
  readonly side: DiffSide;
  readonly alt: string;
  readonly style?: CSSProperties;
}

const SMALL_PX = 96;

/** The image of a side; one as small as an icon is shown larger, its pixels as they are. */
export function Picture({ side, alt, style }: PictureProps) {
  if (side.kind !== 'image') return null;
  const source = `data:${side.mediaType};base64,${side.base64}`;
  return <img src={source} alt={alt} onLoad={markSmall} {...(style && { style })} />;
}

function markSmall({ currentTarget: image }: SyntheticEvent<HTMLImageElement>): void {
  if (Math.max(image.naturalWidth, image.naturalHeight) <= SMALL_PX) image.dataset.small = '';
}
