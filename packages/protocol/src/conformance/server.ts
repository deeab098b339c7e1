/** The server under test, and the visitors that the checks use. */
import { Visitor, type ConnectOptions, type ServerFacts } from './visitor.ts';

/** What a run is told about the server. */
export interface ServerOptions {
  /** The address of the server, such as `https://chat.example.com`. */
  url: string;
  /** The id of the site. Default: `demo`. */
  site?: string | undefined;
  /** The token of a visitor, for a server that mints none. Default: the server mints one. */
  token?: string | undefined;
  /** The `Origin` of the connections. Default: none. */
  origin?: string | undefined;
  /** What is asked. Its answer has to take a second or more. */
  question?: string | undefined;
  /** How long a check waits for an event, in ms. Default: 30,000. */
  timeoutMs?: number | undefined;
}

const QUESTION = 'Describe the course of a river from its spring to the sea, in about three hundred words.';

/** The server under test. */
export class Server implements ServerFacts {
  readonly url: string;
  readonly site: string;
  readonly origin: string | undefined;
  readonly question: string;
  readonly timeoutMs: number;
  /** Of the visitor who asks the questions. */
  #token: string | undefined;
  readonly #open = new Set<Visitor>();

  constructor({ url, site = 'demo', token, origin, question = QUESTION, timeoutMs = 30_000 }: ServerOptions) {
    this.url = url.replace(/\/+$/, '');
    this.site = site;
    this.origin = origin;
    this.question = question;
    this.timeoutMs = timeoutMs;
    this.#token = token;
  }

  /** The token of the visitor who asks; known once somebody has connected. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Opens a connection and sends nothing. */
  async open(): Promise<Visitor> {
    const visitor = await Visitor.open(this);
    this.#open.add(visitor);
    return visitor;
  }

  /** Opens a connection of the visitor who asks, and waits for `welcome`. */
  async connect(options: ConnectOptions = {}): Promise<Visitor> {
    const visitor = await this.open();
    const welcome = await visitor.greet({ token: this.#token, ...options });
    this.#token ??= welcome.token;
    return visitor;
  }

  /** Opens a connection of somebody else, for whom the server mints a token. */
  async connectStranger(): Promise<Visitor> {
    const visitor = await this.open();
    await visitor.greet({});
    return visitor;
  }

  /** Closes the connections of a check. */
  closeAll(): void {
    for (const visitor of this.#open) visitor.close();
    this.#open.clear();
  }
}
