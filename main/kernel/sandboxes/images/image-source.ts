/** Where an image comes from: the program's own set-up, a folder of the operator's with a Dockerfile, or a registry. */
export type ImageSource = 'program' | 'recipe' | 'registry';

/** Names of the program's own images: nobody else's under that name is ever pulled. */
const OWN = 'cavern/';
/** Names of images that are built from `<home>/images/<rest of the name>`; they are not pulled either. */
const LOCAL = 'local/';

export function imageSource(name: string): ImageSource {
  if (name.startsWith(OWN)) return 'program';
  return name.startsWith(LOCAL) ? 'recipe' : 'registry';
}

/** The folder below `<home>/images`: `local/lint:latest` is built from `lint`. */
export function recipeName(image: string): string {
  return image.slice(LOCAL.length).replace(/[:@].*$/, '');
}

/** A folder with a Dockerfile, and what tells it from what it was before. */
export interface ImageRecipe {
  readonly folder: string;
  readonly digest: string;
}

/** Port: the operator's recipes. undefined: there is no such folder. Rejects with `image_missing` for one that cannot be used. */
export interface ImageRecipes {
  find(name: string): Promise<ImageRecipe | undefined>;
}

/** On every image that was built here: what of. */
export const RECIPE_LABEL = 'dev.cavern.recipe';
