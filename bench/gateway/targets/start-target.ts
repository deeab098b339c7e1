/** Starts the targets: the gateway and the baselines. Each is used through its own protocol. */
import { startDistributed } from './distributed.ts';
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
  distributed: (upstreamUrl) => startDistributed(upstreamUrl, 'distributed'),
  logged: (upstreamUrl) => startDistributed(upstreamUrl, 'logged'),
};

/** Starts a target that calls the given upstream. */
export function startTarget(name: TargetName, upstreamUrl: string): Promise<Target> {
  return START[name](upstreamUrl);
}
