import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

const EVENT_LIMIT = 1_000;
const LENGTH_LIMIT = 4 * 1024 * 1024;

interface KeptEvent {
  readonly id: number;
  readonly stream: string;
  readonly message: JSONRPCMessage;
  readonly length: number;
}

/** The last messages of one client's streams, for a client whose connection broke: it says which it had last. */
export class KeptEvents implements EventStore {
  readonly #events: KeptEvent[] = [];
  #length = 0;
  #next = 1;

  async storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    const { length } = JSON.stringify(message);
    const event = { id: this.#next, stream, message, length };
    this.#next += 1;
    this.#events.push(event);
    this.#length += length;
    while (this.#events.length > EVENT_LIMIT || this.#length > LENGTH_LIMIT) {
      this.#length -= this.#events.shift()?.length ?? 0;
    }
    return String(event.id);
  }

  async getStreamIdForEventId(id: string): Promise<string | undefined> {
    return this.#events.find((event) => String(event.id) === id)?.stream;
  }

  /** @throws where the event is not kept any more: what came after it is not known either */
  async replayEventsAfter(
    lastId: string,
    { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const stream = await this.getStreamIdForEventId(lastId);
    if (stream === undefined)
      throw new Error(`Cannot go on after event "${lastId.slice(0, 32)}": it is not kept any more`);
    const later = this.#events.filter((event) => event.stream === stream && event.id > Number(lastId));
    for (const { id, message } of later) await send(String(id), message);
    return stream;
  }
}
