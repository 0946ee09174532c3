import { diffLines } from '../../kernel/changes/line-diff.ts';
import { serveWorker } from '../workers/serve-worker.ts';

const operations = {
  hunks: ({ before, after }: { readonly before: Uint8Array; readonly after: Uint8Array }) => diffLines(before, after),
};
export type TextDiffOperations = typeof operations;

serveWorker(operations);
