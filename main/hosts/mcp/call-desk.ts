import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type CallToolResult,
  type ClientCapabilities,
  type ElicitRequestFormParams,
  type Implementation,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client, ReviewNotice } from '../../../schema/contract/contract.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import { failureOf, type KernelTool } from './kernel-tool.ts';
import type { McpRequest } from './surface.ts';
import { type Turn, WaitingCall } from './waiting-call.ts';

/** How often a waiting call says that it still waits, so that no client takes it for dead. */
const STILL_WAITING_MS = 10_000;
/** How long a call that nobody came back for is kept. */
const LEFT_ALONE_MS = 15 * 60_000;
/** Calls that wait for their client to come back, at a time. */
const WAITING_LIMIT = 64;
const ANSWER_KEY = 'approval';

export interface CallDeskOptions {
  readonly client: Client<Areas>;
  readonly clock: Clock;
  /** Whether a person may be asked through the client; if not, only the window and the command line ask. */
  readonly questions: 'client' | 'window';
}

interface Kept extends Disposable {
  readonly call: WaitingCall;
}

/**
 * Takes tool calls to the kernel and stays with them: progress, cancelling, and a person's answer, which comes from the
 * window, the command line, or through the client where that can ask its user. Disposing cancels what still waits.
 */
export class CallDesk implements Disposable {
  readonly #options: CallDeskOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: CallDeskOptions) {
    this.#options = options;
  }

  /** Calls a tool, or goes on with the call that the client was sent away from with a question. */
  async call(
    tool: KernelTool,
    input: Record<string, unknown>,
    request: McpRequest,
  ): Promise<CallToolResult | InputRequiredResult> {
    const ticket = request.context.mcpReq.requestState<string>();
    const call = ticket === undefined ? new WaitingCall((each) => tool.run(input, each)) : this.#take(ticket);
    if (call === undefined) return failureOf(unknownTicket());
    const cancel = (): void => call.cancel();
    const { signal } = request.context.mcpReq;
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      return await this.#stayWith(call, request);
    } finally {
      signal.removeEventListener('abort', cancel);
      call.follow(undefined);
    }
  }

  [Symbol.dispose](): void {
    for (const kept of this.#kept.values()) {
      kept[Symbol.dispose]();
      kept.call.cancel();
    }
    this.#kept.clear();
  }

  async #stayWith(call: WaitingCall, request: McpRequest): Promise<CallToolResult | InputRequiredResult> {
    const tell = progressTo(request.context);
    call.follow(tell);
    const answered = inputResponse(request.context.mcpReq.inputResponses, ANSWER_KEY);
    let seen: ReviewNotice | undefined;
    if (answered.kind === 'elicit' && call.question !== undefined) {
      seen = call.question;
      await this.#handOn(seen, { answered, request, tell });
    }
    for (;;) {
      const turn = await this.#turn(call, { seen, tell });
      if (turn.kind === 'ended') return turn.result;
      seen = turn.notice;
      tell(waitsText(turn.notice));
      if (this.#options.questions === 'window' || !canElicit(request)) continue;
      if (isModern(request)) return this.#sendAway(call, turn.notice);
      await this.#elicit(call, turn.notice, { request, tell });
    }
  }

  /** Waits for the next thing that happens to a call; says every now and then that it still waits. */
  async #turn(
    call: WaitingCall,
    { seen, tell }: { readonly seen: ReviewNotice | undefined; readonly tell: (message: string) => void },
  ): Promise<Turn> {
    if (seen === undefined) return call.turn(seen);
    let timer: Disposable | undefined;
    const remind = (): void => {
      tell(waitsText(seen));
      timer = this.#options.clock.setTimer(STILL_WAITING_MS, remind);
    };
    timer = this.#options.clock.setTimer(STILL_WAITING_MS, remind);
    try {
      return await call.turn(seen);
    } finally {
      timer[Symbol.dispose]();
    }
  }

  /** Since the revision of 2026-07-28 a question is an answer: the client asks its user and calls again. */
  #sendAway(call: WaitingCall, notice: ReviewNotice): InputRequiredResult | CallToolResult {
    if (this.#kept.size >= WAITING_LIMIT) {
      call.cancel();
      return failureOf(new Fault('limit_reached', `Cannot keep the call: ${WAITING_LIMIT} wait for an answer already`));
    }
    const timer = this.#options.clock.setTimer(LEFT_ALONE_MS, () => {
      this.#kept.delete(call.id);
      call.cancel();
    });
    this.#kept.set(call.id, { call, [Symbol.dispose]: () => timer[Symbol.dispose]() });
    const elicit = inputRequired.elicit({ mode: 'form', ...questionForm(notice) });
    return inputRequired({ inputRequests: { [ANSWER_KEY]: elicit }, requestState: call.id });
  }

  #take(ticket: string): WaitingCall | undefined {
    const kept = this.#kept.get(ticket);
    this.#kept.delete(ticket);
    kept?.[Symbol.dispose]();
    return kept?.call;
  }

  /** Asks the user of the client while the call waits; whoever answers first counts, and the other question goes away. */
  async #elicit(
    call: WaitingCall,
    notice: ReviewNotice,
    { request, tell }: { readonly request: McpRequest; readonly tell: (message: string) => void },
  ): Promise<void> {
    const decided = new AbortController();
    const { mcpReq } = request.context;
    const signal = AbortSignal.any([mcpReq.signal, decided.signal]);
    const timeout = Math.max(1, notice.expiresAt - this.#options.clock.now());
    // On the stream of the call: whether the client has another one open is not known.
    const related = { signal, timeout, relatedRequestId: mcpReq.id };
    const asked = mcpReq.elicitInput({ mode: 'form', ...questionForm(notice) }, related).then(
      ({ action, content }) => this.#handOn(notice, { answered: { action, content }, request, tell }),
      // Not answered: the question stays with the window.
      () => undefined,
    );
    await Promise.race([asked, call.turn(notice)]);
    decided.abort();
  }

  /** What the client's user said. Only a clear yes or no counts; a dialog that was closed leaves the question open. */
  async #handOn(
    { approval }: ReviewNotice,
    {
      answered,
      request,
      tell,
    }: { readonly answered: Elicited; readonly request: McpRequest; readonly tell: (message: string) => void },
  ): Promise<void> {
    const answer = answerIn(answered);
    if (answer === undefined) return tell('Not answered here; the question stays open in Cavern.');
    const reason = `answered by the user of ${clientName(request)}`.slice(0, 500);
    try {
      await this.#options.client.approval.decide({ approval, answer, reason });
    } catch (thrown) {
      tell(`The answer could not be handed on: ${toFault(thrown).message}`);
    }
  }
}

interface Elicited {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: Record<string, unknown> | undefined;
}

function answerIn({ action, content }: Elicited): 'once' | 'deny' | undefined {
  if (action === 'cancel') return undefined;
  if (action === 'decline' || content?.['decision'] === 'deny') return 'deny';
  return content?.['decision'] === 'approve' ? 'once' : undefined;
}

function questionForm({
  syscall,
  summary,
  reasons,
}: ReviewNotice): Pick<ElicitRequestFormParams, 'message' | 'requestedSchema'> {
  return {
    message: `Cavern asks before ${syscall}: ${reasons.join('; ')}\n\n${summary}`,
    requestedSchema: {
      type: 'object',
      properties: {
        decision: {
          type: 'string',
          title: 'May it go on?',
          oneOf: [
            { const: 'approve', title: 'Approve, this once' },
            { const: 'deny', title: 'Deny' },
          ],
        },
      },
      required: ['decision'],
    },
  };
}

function waitsText({ syscall, reasons, approval }: ReviewNotice): string {
  return `Waits for a person to look at ${syscall}: ${reasons.join('; ')} (question ${approval}; answer it in Cavern's window)`;
}

function unknownTicket(): Fault {
  return new Fault('not_found', 'Cannot go on with the call: it is not waited for any more', {
    fix: 'Call the tool again.',
  });
}

/** Progress goes to those who asked for it, and rises by one with each note. */
function progressTo({ mcpReq }: ServerContext): (message: string) => void {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  return (message) => {
    progress += 1;
    const params = { progressToken, progress, message };
    // A client that has gone gets none, and the call is cancelled by that anyway.
    void mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

function isModern({ context }: McpRequest): boolean {
  return context.mcpReq.envelope !== undefined;
}

/** What the client says of itself: with each request since 2026-07-28, when it connected before. */
function saidOf<T>({ context }: McpRequest, key: string): T | undefined {
  const envelope: Readonly<Record<string, unknown>> | undefined = context.mcpReq.envelope;
  // The SDK has checked the envelope's form where there is one.
  return envelope?.[key] as T | undefined;
}

function clientName(request: McpRequest): string {
  const said = saidOf<Implementation>(request, CLIENT_INFO_META_KEY) ?? request.server.getClientVersion();
  return said === undefined ? 'the MCP client' : `${said.name} ${said.version}`;
}

function canElicit(request: McpRequest): boolean {
  const said = saidOf<ClientCapabilities>(request, CLIENT_CAPABILITIES_META_KEY);
  const elicitation = (said ?? request.server.getClientCapabilities())?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || Object.keys(elicitation).length === 0);
}
