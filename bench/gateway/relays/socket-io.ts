/** The simple relay on Socket.IO, as its documentation shows it, with the library's rooms, over WebSocket only. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { Server } from 'socket.io';

const openai = new OpenAI({ apiKey: 'bench', baseURL: `${process.env.UPSTREAM_URL}/v1` });
const server = createServer();
const io = new Server(server, { transports: ['websocket'] });

async function answer(room: string, text: string): Promise<void> {
  const stream = await openai.chat.completions.create({
    model: 'bench',
    stream: true,
    messages: [{ role: 'user', content: text }],
  });
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta.content;
    if (delta) io.to(room).emit('delta', delta);
  }
  io.to(room).emit('end');
}

io.on('connection', (socket) => {
  let room = socket.id;
  socket.on('join', (name: string, joined: () => void) => {
    room = name;
    void socket.join(name);
    joined();
  });
  socket.on('ask', (text: string) => {
    void answer(room, text).catch(() => undefined); // all viewers have disconnected
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
