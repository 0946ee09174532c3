import type { AuditType } from '../../../schema/audit-record.ts';
import type { AuditQuery } from '../../kernel/audit/audit-store.ts';
import { givenToWorker, serveWorker } from '../workers/serve-worker.ts';
import { writeArchive } from './archive-file.ts';
import { type ArchivedChainJob, verifyArchivedChain } from './archived-chain.ts';
import { AuditReader } from './audit-reader.ts';
import { type CountJob, countChain, drawChain, type TimelineJob } from './audit-survey.ts';
import {
  type ArchiveRequest,
  chainLines,
  type ExportJob,
  exportChain,
  finishExport,
  verifyChain,
  type VerifyJob,
} from './chain-job.ts';
import { openReader } from './connection.ts';
import { storageFault } from './storage-fault.ts';

// What the store starts this worker with.
const { database } = givenToWorker() as { readonly database: string };

/** Opened with the first request: the owner of the database has prepared it by then. */
let opened: { connection: ReturnType<typeof openReader>; reader: AuditReader } | undefined;

function chain(): NonNullable<typeof opened> {
  const connection = opened?.connection ?? openReader(database);
  opened ??= { connection, reader: new AuditReader(connection) };
  return opened;
}

function read<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw storageFault('read the audit chain', cause);
  }
}

const operations = {
  page: (query: AuditQuery) => read(() => chain().reader.page(query)),
  after: ({ seq, limit }: { seq: number; limit: number }) => read(() => chain().reader.after(seq, limit)),
  newest: ({ type }: { type: AuditType }) => read(() => chain().reader.newest(type)),
  base: () => read(() => chain().reader.base()),
  head: () => read(() => chain().reader.head()),
  headAt: ({ seq }: { seq: number }) => read(() => chain().reader.headAt(seq)),
  unfinished: () => read(() => chain().reader.unfinished()),
  verify: (job: VerifyJob, report: (progress: unknown) => void) =>
    read(() => verifyChain(chain().connection, job, report)),
  verifyArchived: (job: ArchivedChainJob) => verifyArchivedChain(job),
  export: (job: ExportJob, report: (progress: unknown) => void) =>
    read(() => exportChain(chain().connection, job, report)),
  finishExport: (job: ExportJob) => finishExport(job),
  archive: ({ manifest, ...job }: ArchiveRequest) =>
    writeArchive({ file: job.file, lines: read(() => chainLines(chain().connection, job.through)), manifest }),
  count: (job: CountJob, report: (progress: unknown) => void) =>
    read(() => countChain(chain().connection, job, report)),
  timeline: (job: TimelineJob) => read(() => drawChain(chain().connection, job)),
};

export type ReaderOperations = typeof operations;

serveWorker(operations);
