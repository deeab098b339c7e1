/** Checks a WebSocket through the public URL: that it is opened, carries frames, and stays open while it is idle. */
import { WEBSOCKET_SUBPROTOCOL } from '@rivulet/protocol';
import { WebSocket } from 'ws';
import { fault, ok, type Finding } from './finding.ts';
import { connectionOptions, helloText, type PublicTarget } from './public-request.ts';
import { seconds, within } from './public-stream.ts';

const CHECK = 'public websocket';
const UPGRADE =
  'Let the proxy pass upgrades of /v1/ws on (nginx: proxy_http_version 1.1, and the headers Upgrade and Connection).';

type Opened = 'open' | { refused: string };

/** Opens one socket and watches it. Without it visitors get events by server-sent events. */
export async function checkWebSocket(target: PublicTarget, site: string): Promise<Finding[]> {
  const url = new URL('v1/ws', target.url);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const { agent: _own, ...options } = connectionOptions(target);
  const socket = new WebSocket(url, [WEBSOCKET_SUBPROTOCOL], options);
  const end = () => {
    socket.terminate();
  };
  target.signal.addEventListener('abort', end, { once: true });
  try {
    return await watch(socket, target, site);
  } finally {
    end();
  }
}

async function watch(
  socket: WebSocket,
  { firstEventMs, holdMs }: PublicTarget,
  site: string,
): Promise<Finding[]> {
  const opened = await within(firstEventMs, whenOpened(socket));
  if (opened === 'late') return [fault(CHECK, 'The upgrade is not answered.', UPGRADE)];
  if (opened !== 'open') return [fault(CHECK, `The WebSocket is not opened: ${opened.refused}.`, UPGRADE)];
  const closed = new Promise<number>((resolve) => {
    socket.once('close', resolve);
  });
  const answered = new Promise<'message'>((resolve) => {
    socket.once('message', () => {
      resolve('message');
    });
  });
  socket.send(helloText(site));
  const first = await within(firstEventMs, Promise.race([answered, closed]));
  if (first !== 'message')
    return [fault(CHECK, 'The WebSocket is opened, and what is sent on it does not arrive.', UPGRADE)];
  const startedAtMs = performance.now();
  const code = await within(holdMs, closed);
  const carries = ok(CHECK, 'A WebSocket is opened and carries frames.');
  if (code === 'late')
    return [carries, ok('public websocket time-out', `It was open for ${seconds(holdMs)} s.`)];
  return [
    carries,
    fault(
      'public websocket time-out',
      `The WebSocket was closed after ${seconds(performance.now() - startedAtMs)} s (${code}).`,
      'Raise the idle time-out of the proxy above 60 s (nginx: proxy_read_timeout 1h).',
    ),
  ];
}

/** Also the status with which a proxy answers an upgrade that it does not know. */
function whenOpened(socket: WebSocket): Promise<Opened> {
  return new Promise((resolve) => {
    socket.once('open', () => {
      resolve('open');
    });
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => {
      resolve({ refused: `the upgrade is answered with ${statusCode}` });
    });
    socket.on('error', ({ message }) => {
      resolve({ refused: message });
    });
  });
}
