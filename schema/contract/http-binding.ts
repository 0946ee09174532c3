/** How one call of the contract is reached over HTTP. Everything else (parameters, body, schemas, errors) follows from the call itself. */
export interface HttpBinding {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v1`; a name in braces is a member of the input, as the input writes it. */
  readonly path: `/${string}`;
  /** 201 where something is made; 200 if absent. */
  readonly status?: 201;
  /** Of a stream: which of its events is the answer, or `events` for all of them as server-sent events. `last` if absent. */
  readonly answer?: 'first' | 'last' | 'events';
  /** Of server-sent events that can be resumed: the event's member that is its id, and the input's that takes the last one seen. */
  readonly resume?: { readonly id: string; readonly input: string };
  /**
   * Of a stream that is offered as a WebSocket too, with its events as messages: the call that each type of message from
   * the client makes. `about` is the member that names what it is about, in the path or in the first event that has it.
   */
  readonly socket?: { readonly about: string; readonly calls: Readonly<Record<string, string>> };
}
