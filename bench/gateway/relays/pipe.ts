/** The least that a relay can do: it pipes the bytes of the upstream's answer to the client. It stores nothing and cannot resume. */
import { Agent, createServer, request as requestUpstream } from 'node:http';
import type { AddressInfo } from 'node:net';

const upstream = new URL('/v1/chat/completions', process.env.UPSTREAM_URL);
const agent = new Agent({ keepAlive: true });

const server = createServer((request, response) => {
  const call = requestUpstream(
    upstream,
    { agent, method: 'POST', headers: { 'Content-Type': 'application/json' } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, { 'Content-Type': 'text/event-stream' });
      response.socket?.setNoDelay(true);
      answer.pipe(response);
    },
  );
  response.once('close', () => call.destroy());
  call.on('error', () => response.destroy());
  request.pipe(call);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
