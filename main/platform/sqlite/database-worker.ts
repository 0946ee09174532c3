import { givenToWorker, serveWorker } from '../workers/serve-worker.ts';
import { DatabaseOwner } from './database-owner.ts';

// What Storage starts this worker with.
const { database } = givenToWorker() as { readonly database: string };

/** A caller who is alone writes the next record this soon after the one before. */
const SPIN_MS = 0.5;

const owner = new DatabaseOwner(database);

const operations = {
  open: ({ nowMs }: { nowMs: number }) => owner.open(nowMs),
  head: () => owner.head(),
  append: (batch: Parameters<DatabaseOwner['append']>[0]) => owner.append(batch),
  heldNote: () => owner.heldNote(),
  put: (request: Parameters<DatabaseOwner['put']>[0]) => owner.put(request),
  delete: (request: Parameters<DatabaseOwner['delete']>[0]) => owner.delete(request),
  get: (request: Parameters<DatabaseOwner['get']>[0]) => owner.get(request),
  list: (request: Parameters<DatabaseOwner['list']>[0]) => owner.list(request),
  backup: (request: Parameters<DatabaseOwner['backup']>[0]) => owner.backup(request),
  setChainAside: (request: Parameters<DatabaseOwner['setChainAside']>[0]) => owner.setChainAside(request),
  base: () => owner.base(),
  usage: () => owner.usage(),
  cutPoint: (request: Parameters<DatabaseOwner['cutPoint']>[0]) => owner.cutPoint(request),
  cut: (base: Parameters<DatabaseOwner['cut']>[0]) => owner.cut(base),
  removeArchive: (name: string) => owner.removeArchive(name),
  close: () => owner.close(),
};

export type DatabaseOperations = typeof operations;

serveWorker(operations, { afterwards: () => owner.tidy(), spinMs: SPIN_MS });
