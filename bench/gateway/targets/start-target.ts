/** What is measured: the gateway, and the yardsticks beside it. Each is asked in its own protocol and read with the same care. */
import { startNaive } from './naive.ts';
import { startPipe } from './pipe.ts';
import { startRivulet } from './rivulet.ts';
import { startSocketIo } from './socket-io.ts';
import type { Target, TargetName } from './target.ts';

const START: Record<TargetName, (upstreamUrl: string) => Promise<Target>> = {
  pipe: startPipe,
  naive: startNaive,
  'socket.io': startSocketIo,
  rivulet: startRivulet,
};

/** Starts a target over an upstream. */
export function startTarget(name: TargetName, upstreamUrl: string): Promise<Target> {
  return START[name](upstreamUrl);
}
