/** A simple relay as a team would write it in an afternoon, with Express, ws and the openai SDK. It stores nothing and cannot resume. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import OpenAI from 'openai';
import { WebSocketServer, type WebSocket } from 'ws';

const openai = new OpenAI({ apiKey: 'bench', baseURL: `${process.env.UPSTREAM_URL}/v1` });
const server = createServer(express().get('/', (_request, response) => response.send('ok')));
const sockets = new WebSocketServer({ server });
const rooms = new Map<string, Set<WebSocket>>();

async function answer(room: Set<WebSocket>, text: string): Promise<void> {
  const stream = await openai.chat.completions.create({
    model: 'bench',
    stream: true,
    messages: [{ role: 'user', content: text }],
  });
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta.content;
    if (!delta) continue;
    const frame = JSON.stringify({ type: 'delta', text: delta });
    for (const socket of room) socket.send(frame);
  }
  for (const socket of room) socket.send(JSON.stringify({ type: 'end' }));
}

sockets.on('connection', (socket) => {
  let room = new Set([socket]);
  socket.on('message', (frame: Buffer) => {
    const message = JSON.parse(frame.toString()) as { type: string; room?: string; text?: string };
    if (message.type === 'join') {
      room = rooms.get(message.room ?? '') ?? new Set();
      rooms.set(message.room ?? '', room.add(socket));
      socket.send(JSON.stringify({ type: 'joined' }));
    } else void answer(room, message.text ?? '').catch(() => undefined); // all viewers have disconnected
  });
  socket.on('close', () => room.delete(socket));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
