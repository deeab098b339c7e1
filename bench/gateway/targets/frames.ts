/** WebSocket connections for the targets that use JSON frames. */
import { WebSocket } from 'ws';
import type { AnswerPlan } from '../stamp.ts';
import type { Audience, OnText, Visitor } from './target.ts';

/** How the gateway answers a command that it does not carry out. */
const REJECTED = '{"type":"rejected"';

/** A WebSocket connection whose frames are passed to one reader at a time. */
export class Frames {
  /** Called with each frame. */
  onFrame: OnText = () => undefined;
  #onClose: (code: number) => void = () => undefined;
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (frame: Buffer) => {
      this.onFrame(frame.toString());
    });
    socket.once('close', (code) => {
      this.#onClose(code);
    });
  }

  /** Opens a connection. @param url an `http:` URL @param protocol the WebSocket subprotocol */
  static async open(url: string, protocol?: string): Promise<Frames> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), protocol, { perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve).once('error', reject);
    });
    socket.removeAllListeners('error').on('error', () => undefined); // `until` rejects when the connection closes
    return new Frames(socket);
  }

  /** Sends one frame of JSON. */
  send(value: object): void {
    this.socket.send(JSON.stringify(value));
  }

  /**
   * Passes all frames to `onText`. Resolves with the first frame that contains `mark`, or for which `mark` is true; rejects when the
   * connection closes first, or the server rejects a command.
   */
  until(mark: string | ((frame: string) => boolean), onText: OnText = () => undefined): Promise<string> {
    const isLast = typeof mark === 'string' ? (frame: string) => frame.includes(mark) : mark;
    return new Promise((resolve, reject) => {
      this.#onClose = (code) => {
        reject(new Error(`the connection closed with code ${code} before the frame that was expected`));
      };
      this.onFrame = (frame) => {
        onText(frame);
        if (isLast(frame)) resolve(frame);
        else if (frame.startsWith(REJECTED)) reject(new Error(`a command was rejected: ${frame}`));
      };
    });
  }
}

/** Creates a visitor with a WebSocket connection. */
export function visitorOf(
  frames: Frames,
  ask: (plan: AnswerPlan, onText: OnText) => Promise<unknown>,
): Visitor {
  return {
    async ask(plan, onText) {
      await ask(plan, onText);
    },
    pause: () => {
      frames.socket.pause();
    },
    close: () => {
      frames.socket.terminate();
    },
  };
}

/** Creates an audience of WebSocket connections. @param end a text that the last frame of an answer contains, or whether it is that */
export function audienceOf(
  all: Frames[],
  end: string | ((frame: string) => boolean),
  ask: (first: Frames, plan: AnswerPlan) => void,
): Audience {
  return {
    viewers: all.length,
    async ask(plan, onText) {
      const ends = all.map((frames, viewer) =>
        frames.until(end, (text) => {
          onText(viewer, text);
        }),
      );
      const [first] = all;
      if (first !== undefined) ask(first, plan);
      await Promise.all(ends);
    },
    close: () => {
      for (const { socket } of all) socket.terminate();
    },
  };
}
