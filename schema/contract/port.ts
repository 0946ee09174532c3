import Type, { type Static } from 'typebox';
import { SessionId, TimeMs } from '../entities.ts';
import { area, call, stream } from './contract.ts';

export const PortNumber = Type.Integer({ minimum: 1, maximum: 65_535, description: 'A TCP port' });

/** A port of a sandbox's own loopback that the operator can reach on this machine. */
export const OpenPort = Type.Object({
  session: SessionId,
  port: PortNumber,
  localPort: PortNumber,
  url: Type.String({ description: 'Where a browser on this machine finds it' }),
  openedAt: TimeMs,
  connections: Type.Integer({ minimum: 0, description: 'Made since it was opened' }),
});
export type OpenPort = Static<typeof OpenPort>;

/** The ports of one session: those that are open, and those that something inside listens on. */
export const SessionPorts = Type.Object({
  open: Type.Array(OpenPort),
  listening: Type.Array(PortNumber),
});
export type SessionPorts = Static<typeof SessionPorts>;

const one = { session: SessionId };

export const port = area('port', {
  open: call({
    about: 'Open a port of a server inside a sandbox for a browser on this machine, on 127.0.0.1 only',
    effect: 'grant',
    input: Type.Object({
      ...one,
      port: PortNumber,
      localPort: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 65_535,
          description: 'On this machine; absent: the same number where it is free, else another',
        }),
      ),
    }),
    output: OpenPort,
    faults: ['session_not_running', 'port_taken', 'limit_reached'],
  }),
  list: call({
    about: 'List the open ports of a session, and those that something inside listens on',
    effect: 'read',
    always: true,
    input: Type.Object(one),
    output: SessionPorts,
    faults: ['session_not_running'],
  }),
  watch: stream({
    about: 'Follow the ports of a session while its sandbox runs',
    effect: 'read',
    always: true,
    input: Type.Object(one),
    event: SessionPorts,
    faults: ['session_not_running'],
  }),
  close: call({
    about: 'Close an open port, and every connection through it',
    effect: 'write',
    always: true,
    input: Type.Object({ ...one, port: PortNumber }),
    output: Type.Object({ closed: Type.Boolean({ description: 'False where it was not open' }) }),
    faults: [],
  }),
});
