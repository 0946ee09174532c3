import Type, { type Static } from 'typebox';
import { SessionId, Terminal, TerminalId } from '../entities.ts';
import { area, call, stream, SESSION_KEYS } from './contract.ts';
import { RecordingId, ReplayEvent, TerminalRecording } from './terminal-recording.ts';

export const terminalSize = {
  cols: Type.Integer({ minimum: 2, maximum: 1000 }),
  rows: Type.Integer({ minimum: 1, maximum: 1000 }),
};

/** `snapshot` comes first: escape sequences that rebuild screen and scrollback; `text` is what was printed since. */
export const TerminalEvent = Type.Union([
  Type.Object({ type: Type.Literal('snapshot'), text: Type.String(), ...terminalSize }),
  Type.Object({ type: Type.Literal('text'), text: Type.String() }),
  Type.Object({ type: Type.Literal('resize'), ...terminalSize }),
  Type.Object({ type: Type.Literal('exit'), exitCode: Type.Integer() }),
]);
export type TerminalEvent = Static<typeof TerminalEvent>;

/** The same for who asked for bytes: `bytes` is UTF-8, each with whole characters, and comes in place of `text`. */
export const AttachEvent = Type.Union([
  ...TerminalEvent.anyOf,
  Type.Object({
    type: Type.Literal('bytes'),
    bytes: Type.Unsafe<Uint8Array>({ description: 'Only over a connection that carries bytes' }),
  }),
]);
export type AttachEvent = Static<typeof AttachEvent>;

/** What is typed into a terminal that is shown over a WebSocket. */
export const TERMINAL_SOCKET = {
  about: 'terminal',
  calls: { write: 'terminal.write', resize: 'terminal.resize', close: 'terminal.close' },
} as const;

export const terminal = area('terminal', {
  open: call({
    about: 'Open a terminal in the sandbox of a session',
    effect: 'write',
    http: { method: 'POST', path: '/sandboxes/{session}/terminals', status: 201 },
    keys: SESSION_KEYS,
    input: Type.Object({
      session: SessionId,
      ...terminalSize,
      argv: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    }),
    output: Terminal,
    faults: ['session_not_running', 'limit_reached', 'sandbox_failed'],
  }),
  list: call({
    about: 'List the terminals, also those that outlived a restart of the app',
    effect: 'read',
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({ session: Type.Optional(SessionId) }),
    output: Type.Object({ terminals: Type.Array(Terminal) }),
    faults: [],
  }),
  attach: stream({
    about: 'Show a terminal: its screen and scrollback, then what it prints',
    effect: 'read',
    http: { method: 'GET', path: '/terminals/{terminal}', answer: 'events', socket: TERMINAL_SOCKET },
    keys: SESSION_KEYS,
    input: Type.Object({
      terminal: TerminalId,
      as: Type.Optional(
        Type.Literal('bytes', {
          description: 'The window takes bytes as they are; who must not see secrets gets text',
        }),
      ),
    }),
    event: AttachEvent,
    faults: [],
  }),
  write: call({
    about: 'Type into a terminal',
    effect: 'write',
    keys: SESSION_KEYS,
    record: 'parent',
    input: Type.Object({ terminal: TerminalId, text: Type.String({ maxLength: 1_048_576 }) }),
    output: Type.Object({}),
    faults: ['terminal_exited'],
  }),
  resize: call({
    about: 'Give a terminal another size',
    effect: 'write',
    keys: SESSION_KEYS,
    record: 'parent',
    input: Type.Object({ terminal: TerminalId, ...terminalSize }),
    output: Type.Object({}),
    faults: ['terminal_exited'],
  }),
  close: call({
    about: 'Close a terminal; what runs in it is hung up',
    effect: 'write',
    irreversible: true,
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({ terminal: TerminalId }),
    output: Type.Object({}),
    faults: [],
  }),
  record: call({
    about: 'Record a terminal from now on, as an asciicast file',
    effect: 'write',
    input: Type.Object({ terminal: TerminalId }),
    output: TerminalRecording,
    faults: ['limit_reached'],
  }),
  endRecording: call({
    about: 'End the recording of a terminal; it is kept',
    effect: 'write',
    input: Type.Object({ terminal: TerminalId }),
    output: TerminalRecording,
    faults: [],
  }),
  recordings: call({
    about: 'List the recordings of terminals, the newest first',
    effect: 'read',
    input: Type.Object({}),
    output: Type.Object({ recordings: Type.Array(TerminalRecording) }),
    faults: [],
  }),
  replay: stream({
    about: 'Show a recording again: what was printed, each with its time',
    effect: 'read',
    input: Type.Object({ recording: RecordingId }),
    event: ReplayEvent,
    faults: [],
  }),
  removeRecording: call({
    about: 'Remove a recording, and end it where it is under way',
    effect: 'write',
    input: Type.Object({ recording: RecordingId }),
    output: Type.Object({}),
    faults: [],
  }),
});
