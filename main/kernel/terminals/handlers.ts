import type { Handlers } from '../../../schema/contract/contract.ts';
import type { terminal } from '../../../schema/contract/terminal.ts';
import type { CallContext } from '../dispatch/context.ts';
import { seesEverything } from '../dispatch/outgoing.ts';
import type { TerminalRecordings } from './recordings/terminal-recordings.ts';
import type { Terminals } from './terminals.ts';

export function terminalHandlers(
  terminals: Terminals,
  recordings: TerminalRecordings,
): Handlers<typeof terminal, CallContext> {
  return {
    async open(input, context) {
      const opened = await terminals.open(input);
      context.note({ session: opened.session, data: { terminal: opened.id } });
      return opened;
    },
    list: (input) => ({ terminals: terminals.list(input.session) }),
    // Secrets are taken out of text, so bytes are for those who see everything.
    attach: (input, { caller, signal }) =>
      input.as === 'bytes' && seesEverything(caller)
        ? terminals.attachBytes(input.terminal, signal)
        : terminals.attach(input.terminal, signal),
    async write(input, context) {
      await terminals.write(input.terminal, input.text, context.signal);
      return {};
    },
    async resize({ terminal, cols, rows }) {
      await terminals.resize(terminal, { cols, rows });
      return {};
    },
    close(input) {
      terminals.close(input.terminal);
      return {};
    },
    record(input, context) {
      const recording = recordings.start(input.terminal);
      context.note({ session: recording.session, data: { terminal: recording.terminal, recording: recording.id } });
      return recording;
    },
    endRecording: (input) => recordings.end(input.terminal),
    recordings: async () => ({ recordings: await recordings.list() }),
    replay: (input, context) => recordings.replay(input.recording, context.signal),
    async removeRecording(input) {
      await recordings.remove(input.recording);
      return {};
    },
  };
}
