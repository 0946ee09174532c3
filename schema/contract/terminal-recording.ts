import Type, { type Static } from 'typebox';
import { SessionId, TerminalId, TimeMs } from '../entities.ts';

export const RecordingId = Type.String({ pattern: '^[a-z0-9]{10}$', description: 'A recording of a terminal' });

/** What a terminal printed, with the times, as a file of the asciicast format, version 2. */
export const TerminalRecording = Type.Object({
  id: RecordingId,
  terminal: TerminalId,
  session: SessionId,
  title: Type.String(),
  startedAt: TimeMs,
  sizeBytes: Type.Integer({ minimum: 0 }),
  state: Type.Union([Type.Literal('recording'), Type.Literal('kept')]),
  file: Type.String({ description: 'Where it lies; any player of the format shows it' }),
});
export type TerminalRecording = Static<typeof TerminalRecording>;

/** Of a replay; `atMs` counts from the beginning of the recording. */
export const ReplayEvent = Type.Union([
  Type.Object({
    type: Type.Literal('size'),
    cols: Type.Integer({ minimum: 2, maximum: 1000 }),
    rows: Type.Integer({ minimum: 1, maximum: 1000 }),
    atMs: Type.Number({ minimum: 0 }),
  }),
  Type.Object({ type: Type.Literal('output'), text: Type.String(), atMs: Type.Number({ minimum: 0 }) }),
]);
export type ReplayEvent = Static<typeof ReplayEvent>;
