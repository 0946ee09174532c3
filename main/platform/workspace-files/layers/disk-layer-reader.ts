import type { LayerReader } from '../../../kernel/changes/listing/layer-reader.ts';
import { copyMarks } from './copy-marks.ts';
import { LayerTree } from './layer-tree.ts';
import { overlayMarks } from './overlay-marks.ts';

/** Session layers on this machine's disk. */
export const diskLayerReader: LayerReader = {
  marks: (layer, signal) => (layer.strategy === 'overlay' ? overlayMarks(layer, signal) : copyMarks(layer, signal)),
  open: (layer) => new LayerTree(layer.upper),
};
