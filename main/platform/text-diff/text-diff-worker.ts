import { textOperations } from '../../kernel/changes/text-operations.ts';
import { serveWorker } from '../workers/serve-worker.ts';

serveWorker(textOperations);
