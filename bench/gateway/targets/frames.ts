/** WebSockets of the targets that speak JSON frames. */
import { WebSocket } from 'ws';
import type { AnswerPlan } from '../stamp.ts';
import type { Audience, OnText, Visitor } from './target.ts';

/** A WebSocket whose frames go to one reader at a time. */
export class Frames {
  /** Called with each frame. */
  onFrame: OnText = () => undefined;
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (frame: Buffer) => {
      this.onFrame(frame.toString());
    });
  }

  static async open(url: string, protocol?: string): Promise<Frames> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), protocol, { perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve).once('error', reject);
    });
    socket.removeAllListeners('error').on('error', () => undefined); // the scenario sees that an answer has no end
    return new Frames(socket);
  }

  send(value: object): void {
    this.socket.send(JSON.stringify(value));
  }

  /** Gives all frames to `onText`. Resolves with the first that contains `mark`. */
  until(mark: string, onText: OnText = () => undefined): Promise<string> {
    return new Promise((resolve, reject) => {
      this.socket.once('close', (code) => {
        reject(new Error(`The connection closed with ${code} before ${mark}`));
      });
      this.onFrame = (frame) => {
        onText(frame);
        if (frame.includes(mark)) resolve(frame);
      };
    });
  }
}

/** A visitor over a WebSocket. */
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

/** Viewers over WebSockets; `end` marks the last frame of an answer. */
export function audienceOf(
  all: Frames[],
  end: string,
  ask: (first: Frames, plan: AnswerPlan) => void,
): Audience {
  return {
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
