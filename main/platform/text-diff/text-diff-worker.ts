import { textOperations } from '../../kernel/changes/diff/text-operations.ts';
import { serveWorker } from '../workers/serve-worker.ts';

serveWorker(textOperations);
