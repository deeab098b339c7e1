/** A real SMTP server on loopback, which can be away, refuse what a test says, and keeps what it got. */
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail that was accepted. */
export interface ReceivedMail {
  /** Of the envelope. */
  from: string;
  to: string[];
  /** By their names in lower case, on one line each, as they arrived. */
  headers: Map<string, string>;
  /** Decoded. */
  text: string;
  isEncrypted: boolean;
  user: string | undefined;
}

/** How the server is reached. */
export interface MailServerOptions {
  /** Offers STARTTLS, or speaks TLS from the beginning; default: neither. */
  tls?: { cert: string; key: string; from: 'starttls' | 'beginning' };
  /** Who may sign in, and must; default: nobody has to. */
  login?: { user: string; password: string };
}

/** A server on a port of its own. */
export interface MailServer {
  host: string;
  port: number;
  /** In the order of their arrival. */
  received: ReceivedMail[];
  /** What a recipient is answered with; 250 at first. */
  answer: (to: string) => number;
  /** Connections are refused from now on. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  restart(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts a server on a free local port. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  let server: SMTPServer;
  const mails: MailServer = {
    ...{ host: HOST, port: 0, received: [] },
    answer: () => 250,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
    async restart() {
      server = new SMTPServer({ ...settingsOf(options), ...handlersOf(options, mails) });
      server.on('error', () => undefined); // of connections that a client breaks off
      await new Promise<void>((resolve) => server.listen(mails.port, HOST, resolve));
      mails.port = (server.server.address() as AddressInfo).port; // a TCP server has this kind of address
    },
  };
  await mails.restart();
  return mails;
}

const settingsOf = ({ tls, login }: MailServerOptions): SMTPServerOptions => ({
  logger: false,
  disableReverseLookup: true,
  closeTimeout: 100,
  secure: tls?.from === 'beginning',
  ...(tls === undefined ? {} : { cert: tls.cert, key: tls.key }),
  authOptional: login === undefined,
  // Over an open connection no password is asked for: whoever sends one there makes a mistake.
  disabledCommands: [
    ...(tls?.from === 'starttls' ? [] : ['STARTTLS']),
    ...(login === undefined ? ['AUTH'] : []),
  ],
});

function handlersOf({ login }: MailServerOptions, mails: MailServer): SMTPServerOptions {
  return {
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.password) done(null, { user: username });
      else done(new Error('Invalid username or password'));
    },
    onRcptTo({ address }, _session, done) {
      const status = mails.answer(address);
      done(
        status < 400 ? null : Object.assign(new Error(`<${address}> is not taken`), { responseCode: status }),
      );
    },
    onData(stream, { envelope, secure, user }, done) {
      void text(stream).then((raw) => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        const login = typeof user === 'string' ? user : undefined;
        mails.received.push({ from, to, ...readMessage(raw), isEncrypted: secure, user: login });
        done();
      });
    },
  };
}

/** Reads what the gateway sends: one part of text. */
function readMessage(raw: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = raw.slice(end + 4);
  return { headers, text: decode(body, headers.get('content-transfer-encoding')).replaceAll('\r\n', '\n') };
}

function decode(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
