import Type, { type Static } from 'typebox';

export const FrameError = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    retryable: Type.Boolean(),
    why: Type.Optional(Type.String()),
    fix: Type.Optional(Type.String()),
    data: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

/**
 * One message of the framed protocol, the same on the kernel's socket, on a sandbox's socket and on Electron's channel.
 * A stream is a request that is answered by events and ended by a response; its receiver grants `credit` events.
 */
export const Frame = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 64 }),
    type: Type.Union([
      Type.Literal('request'),
      Type.Literal('response'),
      Type.Literal('event'),
      Type.Literal('cancel'),
    ]),
    method: Type.Optional(Type.String({ maxLength: 128 })),
    params: Type.Optional(Type.Unknown()),
    result: Type.Optional(Type.Unknown()),
    error: Type.Optional(FrameError),
  },
  { additionalProperties: false },
);
export type Frame = Static<typeof Frame>;

/** A connection that moves whole frames. `send` resolves when the other side's buffer has room again. */
export interface FrameChannel {
  send(frame: Frame): void | Promise<void>;
  onFrame(listener: (frame: Frame) => void): void;
  onClose(listener: (cause?: Error) => void): void;
  close(): void;
}
