import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import type { ExecEvent } from '../../../schema/contract/sandbox.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { ToolAnswer, ToolCall } from './kernel-tool.ts';
import { LimitedText } from './output-limit.ts';

export interface CommandInput {
  readonly session: SessionId;
  readonly argv: string[];
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly timeoutMs?: number;
  readonly stdin?: string | undefined;
}

const LINE_LIMIT = 200;

/** Runs a command to its end; each piece of output is told as progress by its last line. @throws Fault */
export async function runCommand(client: Client<Areas>, input: CommandInput, call: ToolCall): Promise<ToolAnswer> {
  const { stdin, ...command } = input;
  const { signal, onReview } = call;
  const stdinBase64 = stdin === undefined ? {} : { stdinBase64: Buffer.from(stdin).toString('base64') };
  const streams = { stdout: new LimitedText(), stderr: new LimitedText() };
  for await (const event of client.sandbox.exec({ ...command, ...stdinBase64 }, { signal, onReview })) {
    if (event.type === 'exit') return answerOf(event, streams);
    const chunk = Buffer.from(event.base64, 'base64');
    streams[event.stream].push(chunk);
    call.progress(lastLine(chunk));
  }
  throw signal.aborted
    ? new Fault('cancelled', 'Cannot finish the command: it was cancelled')
    : new Fault('sandbox_failed', 'Cannot finish the command: its sandbox ended first', {
        fix: 'Start it again with sandbox_start and the same session.',
      });
}

function answerOf(
  { type: _type, exceeded = [], ...outcome }: Extract<ExecEvent, { type: 'exit' }>,
  { stdout, stderr }: { stdout: LimitedText; stderr: LimitedText },
): ToolAnswer {
  const leftOutBytes = stdout.leftOutBytes + stderr.leftOutBytes;
  const truncated = leftOutBytes > 0;
  return {
    structured: { ...outcome, exceeded, stdout: stdout.text, stderr: stderr.text, truncated },
    leftOut: truncated
      ? `${leftOutBytes} bytes of output left out in the middle; send it to a file and read that in parts`
      : undefined,
  };
}

function lastLine(chunk: Buffer): string {
  const lines = chunk.toString('utf8').trimEnd().split('\n');
  return (lines.at(-1) ?? '').slice(0, LINE_LIMIT);
}
