/** Connecting: the handshake, the `hello`, and who a visitor is. @see PROTOCOL.md §2, §13 */
import { CLOSE_CODES, closeReasonOf, type CloseReason, type ErrorCode } from '../../index.ts';
import { BrokenPromise, expectEqual, expectThat } from '../broken-promise.ts';
import type { Check } from '../check.ts';
import type { Server } from '../server.ts';
import type { Visitor } from '../visitor.ts';

/** §2.2 grants 5 s; this is what a busy server may add. */
const HELLO_TIMEOUT_MS = 5_000;
const HELLO_TIMEOUT_MARGIN_MS = 5_000;

/** Waits for `rejected` with a code, and for the close that follows. */
async function expectRefused(visitor: Visitor, code: ErrorCode, close: CloseReason): Promise<void> {
  const { error } = await visitor.received('rejected');
  expectEqual(error.code, code, 'the error code');
  const closed = await visitor.untilClosed();
  expectEqual(closeReasonOf(closed.code) ?? closed.code, close, 'the close code');
}

/** Sends a `hello` that is changed so that it has to be refused, with one name for the error and the close. */
async function refusedHello(server: Server, change: object, code: CloseReason & ErrorCode) {
  const visitor = await server.open();
  visitor.sendRaw(
    JSON.stringify({ ...visitor.hello({ token: server.token }), id: 'q_conformance1', ...change }),
  );
  await expectRefused(visitor, code, code);
}

/** The promises of §2 and §13.2. */
export const CONNECTING: readonly Check[] = [
  {
    id: 'subprotocol',
    section: '§2.1',
    promise: 'The WebSocket speaks rivulet.v1, without compression.',
    async try(server) {
      const { negotiated } = await server.open();
      expectEqual(negotiated, { protocol: 'rivulet.v1', extensions: '' }, 'what was negotiated');
    },
  },
  {
    id: 'welcome',
    section: '§2.3',
    promise: '`hello` is answered with `welcome`, of the same major version.',
    async try(server) {
      const visitor = await server.connect();
      const { protocol, limits, heartbeatMs } = await visitor.received('welcome');
      expectThat(/^1\.\d+$/.test(protocol), `expected a version 1.x, and it is ${protocol}`);
      expectThat(limits.maxFrameBytes <= 65_536, `maxFrameBytes may lower the limit of 65,536 alone`);
      expectThat(heartbeatMs > 0, 'heartbeatMs has to be positive');
    },
  },
  {
    id: 'same-visitor',
    section: '§2.4',
    promise: 'Who connects with the token of a `welcome` is the same visitor.',
    async try(server) {
      const [first, second] = [await server.connect(), await server.connect()];
      const [{ principal: one }, { principal: other }] = [
        await first.received('welcome'),
        await second.received('welcome'),
      ];
      expectEqual(other, one, 'the principal of the second connection');
    },
  },
  {
    id: 'hello-first',
    section: '§2.2',
    promise:
      'A first frame that is no `hello` is rejected as `unauthenticated`, and closed with `bad-frame`.',
    async try(server) {
      const visitor = await server.open();
      visitor.send({ type: 'ping' });
      await expectRefused(visitor, 'unauthenticated', 'bad-frame');
    },
  },
  {
    id: 'hello-once',
    section: '§2.2',
    promise: 'A second `hello` is rejected as `bad-frame`.',
    async try(server) {
      const visitor = await server.connect();
      const { code } = await visitor.askForRejection(visitor.hello({ token: server.token }));
      expectEqual(code, 'bad-frame', 'the error code');
    },
  },
  {
    id: 'hello-timeout',
    section: '§2.2',
    promise: 'A connection without a `hello` within 5 s is closed with `hello-timeout`.',
    async try(server) {
      const visitor = await server.open();
      const { code } = await visitor.untilClosed(HELLO_TIMEOUT_MS + HELLO_TIMEOUT_MARGIN_MS);
      expectEqual(code, CLOSE_CODES['hello-timeout'], 'the close code');
    },
  },
  {
    id: 'other-version',
    section: '§2.5',
    promise: 'Another major version is rejected as `unsupported`, and closed with it.',
    try: (server) => refusedHello(server, { protocol: '2.0' }, 'unsupported'),
  },
  {
    id: 'later-minor-version',
    section: '§2.5',
    promise: 'A later minor version is welcome.',
    async try(server) {
      const visitor = await server.open();
      visitor.sendRaw(
        JSON.stringify({
          ...visitor.hello({ token: server.token }),
          id: 'q_conformance1',
          protocol: '1.999',
        }),
      );
      await visitor.received('welcome');
    },
  },
  {
    id: 'unknown-site',
    section: '§12',
    promise: 'A site that the server does not serve is rejected as `site-unknown`, and closed with it.',
    try: (server) => refusedHello(server, { site: 'no-such-site-0' }, 'site-unknown'),
  },
  {
    id: 'invalid-token',
    section: '§2.4',
    promise: 'A token that is not valid is rejected as `unauthenticated`, and closed with it.',
    try: (server) => refusedHello(server, { token: 'not-a-token' }, 'unauthenticated'),
  },
  {
    id: 'pong',
    section: '§13.2',
    promise: '`ping` is answered with `pong` that names it.',
    async try(server) {
      const visitor = await server.connect();
      await visitor.ping();
    },
  },
  {
    id: 'token-not-in-url',
    section: '§2.1',
    promise: 'A credential in the URL is not taken.',
    async try(server) {
      const first = await server.connect();
      const { token = server.token, principal } = await first.received('welcome');
      if (token === undefined) throw new BrokenPromise('the server has minted no token');
      const response = await fetch(`${server.url}/v1/conversations?site=${server.site}&token=${token}`);
      expectThat(!response.ok, `the token of ${principal.kind} ${principal.id} was taken from the URL`);
    },
  },
];
