import type { Approval } from '../../../schema/contract/approval.ts';
import { messages } from './messages.ts';

/** A question in words: what will happen, and with what. */
export interface ApprovalText {
  readonly title: string;
  readonly details: readonly { readonly name: string; readonly value: string }[];
}

/** Calls of the contract that are asked about, as a person says them. */
const TITLES: Readonly<Record<string, string>> = messages.calls;

/** Already in the heading, the badge or the list of paths. */
const KNOWN = new Set(['session', 'name', 'paths', 'path']);

/** Reads the summary, which is the call's input as JSON, cut at its limit; what cannot be read is shown as it is. */
export function approvalText({ syscall, summary, paths }: Approval): ApprovalText {
  const input = inputOf(summary);
  const title = TITLES[syscall] ?? messages.run(syscall);
  if (input === undefined) return { title: summary === '' ? title : summary, details: [] };
  const saysNothing = (value: unknown): boolean => value === false || value === '' || value === '.';
  const isPath = (value: unknown): boolean => typeof value === 'string' && paths.includes(value);
  const details = Object.entries(input)
    .filter(([name, value]) => !KNOWN.has(name) && !saysNothing(value) && !isPath(value))
    .map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) }));
  return { title, details };
}

function inputOf(summary: string): Record<string, unknown> | undefined {
  if (!summary.startsWith('{')) return undefined;
  try {
    const call: unknown = JSON.parse(summary);
    if (!isRecord(call)) return undefined;
    return isRecord(call.input) ? call.input : call;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
