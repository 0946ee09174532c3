import { schemaOperations } from '../../kernel/tools/schema-check.ts';
import { serveWorker } from '../workers/serve-worker.ts';

serveWorker(schemaOperations());
