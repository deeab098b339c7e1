// Serves index.html. PORT is the port (default: 8080); GATEWAY is the URL of the gateway (default: http://127.0.0.1:8787).
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const gateway = process.env.GATEWAY ?? 'http://127.0.0.1:8787';
const page = readFileSync(new URL('index.html', import.meta.url), 'utf8').replace(
  'http://127.0.0.1:8787',
  gateway,
);

const server = createServer((request, response) => {
  const isPage = request.url === '/';
  response.writeHead(isPage ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(isPage ? page : 'Not found');
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`The page is at http://127.0.0.1:${server.address().port}`);
});
