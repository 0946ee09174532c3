import { serveWorker } from '../workers/serve-worker.ts';
import { mirrorOperations } from './mirror-operations.ts';

serveWorker(mirrorOperations());
