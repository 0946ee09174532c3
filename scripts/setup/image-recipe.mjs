import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './folders.mjs';

/** The npm that goes into the image beside the pinned Node; sandboxes run `npm test` of a workspace. */
export const npmPackage = {
  name: 'npm',
  version: '11.21.2',
  integrity: 'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
};

/** The image's repository; its tags are the recipe's digest and `latest`. */
export const imageName = 'cavern/workspace';

/** What an image is started with, as lines of a Dockerfile: for `docker import`, which reads no Dockerfile. */
export const imageSettings = [
  'ENV LANG=C.UTF-8 HOME=/home/cavern PATH=/usr/local/bin:/usr/bin:/bin',
  'WORKDIR /workspace',
  'USER 1000:1000',
  'CMD ["/bin/bash"]',
];

/** The folder with the Dockerfile, the package list and the scripts that both ways of making the image share. */
export const recipeFolder = join(checkout, 'profiles', 'images', 'workspace');

/**
 * Names the content of the recipe: another package list, Node, npm or script is another image.
 * @param {{ folder?: string, nodeVersion: string }} parts
 * @returns {string} 16 hex digits
 */
export function recipeDigest({ folder = recipeFolder, nodeVersion }) {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update('\0');
  }
  return hash.update(`node ${nodeVersion} npm ${npmPackage.version} ${process.arch}`).digest('hex').slice(0, 16);
}

/** The version of Node the checkout pins, which is also the one in the image. */
export function pinnedNodeVersion() {
  /** @type {{ devDependencies: { node: string } }} */
  const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  return manifest.devDependencies.node;
}

/** The tag of the image that belongs to this checkout's recipe. */
export function imageTag() {
  return `${imageName}:${recipeDigest({ nodeVersion: pinnedNodeVersion() })}`;
}
