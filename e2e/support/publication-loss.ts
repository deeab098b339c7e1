/** Loses some of the messages that Redis publishes, as its pub/sub may: a subscriber is sent each at most once. */
import type { Random } from '@rivulet/protocol/testing';
import { endOfFrame } from './resp-frames.ts';
import type { ByteFilter } from './tcp-proxy.ts';

/** How a message on a sharded channel begins: an array in RESP 2, a push in RESP 3. */
const PUBLICATIONS = ['*3\r\n$8\r\nsmessage\r\n', '>3\r\n$8\r\nsmessage\r\n'].map((text) =>
  Buffer.from(text),
);

/** Which publications are lost, and how many were. The connections of one node share it. */
export interface PublicationLoss {
  /** The share of the publications that is lost, from 0 to 1. */
  readonly share: number;
  /** Decides for each publication, in the order in which they arrive. */
  readonly random: Random;
  /** The number of publications so far. */
  published: number;
  /** How many of them were lost. */
  lost: number;
}

/** Creates the filter of one connection to Redis. It passes on whole frames, and loses whole publications. */
export function createPublicationFilter(loss: PublicationLoss): ByteFilter {
  let waiting: Buffer = Buffer.alloc(0);
  return (chunk) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    const passed: Buffer[] = [];
    let from = 0;
    for (let end = endOfFrame(waiting); end !== undefined; end = endOfFrame(waiting, from)) {
      const frame = waiting.subarray(from, end);
      if (!isLost(loss, frame)) passed.push(frame);
      from = end;
    }
    waiting = waiting.subarray(from);
    return passed.length === 1 && passed[0] !== undefined ? passed[0] : Buffer.concat(passed);
  };
}

function isLost(loss: PublicationLoss, frame: Buffer): boolean {
  if (!PUBLICATIONS.some((start) => frame.subarray(0, start.length).equals(start))) return false;
  loss.published += 1;
  if (loss.random() >= loss.share) return false;
  loss.lost += 1;
  return true;
}
