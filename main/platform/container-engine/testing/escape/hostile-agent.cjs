'use strict';
// Stands in the place of the agent and abuses its connection, in the way that the workspace's file `mode` names.
const { readFileSync } = require('node:fs');
const { connect } = require('node:net');

const mode = readFileSync('/workspace/mode', 'utf8').trim();
const bytesOf = (text) => {
  const body = Buffer.isBuffer(text) ? text : Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
};
const frame = (value) => bytesOf(JSON.stringify(value));
const hello = (protocol) =>
  frame({
    id: '0',
    type: 'event',
    method: 'hello',
    params: { protocol, agent: '1', node: 'v1', pid: 1, terminals: [] },
  });

const FIRST = {
  length: () => Buffer.from([0xff, 0xff, 0xff, 0xff]),
  json: () => bytesOf('{nonsense'),
  depth: () => bytesOf(`{"id":"1","type":"event","method":"x","params":${'['.repeat(100)}${']'.repeat(100)}}`),
  encoding: () => bytesOf(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  schema: () => bytesOf('{"id":1,"type":"takeover"}'),
  prototype: () => bytesOf('{"id":"1","type":"event","method":"hello","params":{"__proto__":{"uid":0}}}'),
  protocol: () => hello(99),
  request: () => frame({ id: '1', type: 'request', method: 'session.list', params: {} }),
  terminals: () => frame({ id: '0', type: 'event', method: 'hello', params: { protocol: 1, terminals: 'all' } }),
};

let isFirst = true;
function follow() {
  const socket = connect('/run/cavern/kernel.sock');
  socket.on('error', () => undefined);
  socket.on('close', () => setTimeout(follow, 50));
  socket.on('connect', () => {
    const abuse = isFirst ? FIRST[mode] : undefined;
    isFirst = false;
    if (abuse) return void socket.write(abuse());
    socket.write(hello(1));
    if (mode === 'caller') {
      for (const method of ['session.remove', 'merge.apply', 'policy.update', 'app.configure'])
        socket.write(frame({ id: method, type: 'request', method, params: { input: {} } }));
    }
    let held = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
        const { id, type } = JSON.parse(held.subarray(4, 4 + held.readUInt32BE(0)));
        held = held.subarray(4 + held.readUInt32BE(0));
        if (type === 'request') answer(socket, id);
      }
    });
  });
}

function answer(socket, id) {
  if (mode === 'junk')
    return void socket.write(frame({ id, type: 'response', result: { exitCode: 'none', signal: 7 } }));
  if (mode === 'output')
    socket.write(frame({ id, type: 'event', method: 'process.output', params: { stream: 'root', base64: 1 } }));
  if (mode === 'other') socket.write(frame({ id: '999', type: 'response', result: { exitCode: 0 } }));
  if (mode === 'flood') {
    const event = frame({
      id,
      type: 'event',
      method: 'process.output',
      params: { stream: 'stdout', base64: 'A'.repeat(400_000) },
    });
    for (let count = 0; count < 200; count++) socket.write(event);
  }
  const result = { exitCode: 0, signal: null, timedOut: false, outOfMemory: false, durationMs: 1 };
  socket.write(frame({ id, type: 'response', result }));
}

follow();
