import { readDocument } from '../../kernel/policy/document-work.ts';
import { checkPolicyText, testPolicyText } from '../../kernel/policy/offline.ts';
import { sentencesOf } from '../../kernel/policy/valid-document.ts';
import { serveWorker } from '../workers/serve-worker.ts';

const operations = {
  check: (text: string) => checkPolicyText(text),
  sentences: (text: string) => sentencesOf(text),
  test: (text: string) => testPolicyText(text),
  read: (text: string) => readDocument(text),
};
export type PolicyDocumentOperations = typeof operations;

serveWorker(operations);
