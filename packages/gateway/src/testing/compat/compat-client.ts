/** A client application of another protocol, as the suite of compatible clients drives it. */

/** Where a client connects to, and as whom. */
export interface CompatConnection {
  /** The address of the gateway, without a path. */
  url: string;
  /** The token of the visitor. */
  token: string;
  /** The id of the chat, as the page chose it. */
  chatId: string;
}

/** One page that shows one chat. The newest answer is what counts. */
export interface CompatClient {
  /** Sends a message. It does not wait for the answer. */
  ask(text: string): void;
  /** Goes on with the answer that is being written, if there is one, as a page does when it is opened. */
  resume(): void;
  /** Stops the answer, for everybody. */
  stop(): Promise<void>;
  /** Decides about the call that waits. */
  decide(decision: 'approve' | 'refuse'): Promise<void>;
  /** The page is closed: what is in progress is dropped. */
  close(): Promise<void>;
  /** `failed`: the client reports an error. */
  readonly status: 'idle' | 'busy' | 'failed';
  /** The text of the newest answer, as it is shown. */
  readonly text: string;
  /** Whether a call of a tool waits for the visitor. */
  readonly isAsked: boolean;
  /** The output of the last call that has one. */
  readonly output: unknown;
  /** The words of the error. */
  readonly error: string;
}

/** A client library, in the version that is installed. */
export interface CompatAdapter {
  /** Its name in the documentation. */
  name: string;
  /** The packages that it needs. */
  packages: readonly string[];
  /** Opens a page. @param earlier the questions of a page that was closed, as an application keeps them */
  open(connection: CompatConnection, earlier?: readonly string[]): CompatClient;
}
