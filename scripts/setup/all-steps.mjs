import { build } from '../build.mjs';
import { staleParts } from '../build/part.mjs';
import { allParts, partsWithoutWindow } from '../build/parts.mjs';
import { electronStep } from './electron.mjs';
import { engineStep } from './engine.mjs';
import { imageStep } from './image.mjs';
import { nativeModulesStep } from './native-modules.mjs';
import { secondEngineStep } from './second-engine.mjs';
import { packagesStep, testPackages, windowPackages } from './system-packages.mjs';

/** @typedef {import('./steps.mjs').Step} Step */

/** @type {Step} */
export const buildStep = {
  name: 'build',
  done: () => staleParts(allParts()).length === 0,
  run: async (progress) => void (await build({ progress })),
};

/**
 * What the command line needs, without the window.
 * @type {Step}
 */
export const buildWithoutWindowStep = {
  name: 'build',
  done: () => staleParts(partsWithoutWindow()).length === 0,
  run: async (progress) => void (await build({ parts: partsWithoutWindow(), progress })),
};

const engineSteps = inLane('engine', [engineStep, imageStep]);
const windowSteps = inLane('window', [
  packagesStep('libraries of the window', windowPackages),
  electronStep,
  nativeModulesStep,
]);

/**
 * Everything between the npm dependencies, which `runCommand` brings, and a running machine, in order.
 * @param {{ window: 'screen' | 'virtual screen' | 'none' }} options which screen there will be a window on
 * @returns {Step[]}
 */
export function allSteps({ window }) {
  if (window === 'none') return [...engineSteps, buildWithoutWindowStep];
  if (window === 'screen') return [...windowSteps, ...engineSteps, buildStep];
  const tools = packagesStep('virtual screen and tools of the tests', testPackages);
  return [tools, ...windowSteps, ...engineSteps, ...inLane('engine', [secondEngineStep]), buildStep];
}

/**
 * The compiler has the processor while the image is fetched and unpacked.
 * @param {string} lane
 * @param {readonly Step[]} steps
 * @returns {Step[]}
 */
function inLane(lane, steps) {
  return steps.map((step) => ({ ...step, lane }));
}
