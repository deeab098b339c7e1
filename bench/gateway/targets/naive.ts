/** The simple relay as a target. */
import { startChild } from '../child.ts';
import { Frames, audienceOf, visitorOf } from './frames.ts';
import { openAll, type Target } from './target.ts';

/** Starts the relay on Express, ws and the openai SDK. */
export async function startNaive(upstreamUrl: string): Promise<Target> {
  const child = await startChild(['bench/gateway/relays/naive.ts'], { UPSTREAM_URL: upstreamUrl });
  const END = '"type":"end"';
  return {
    name: 'naive',
    child,
    hasIdleConnections: true,
    async connect() {
      const frames = await Frames.open(child.url);
      return visitorOf(frames, (plan, onText) => {
        frames.send({ type: 'ask', text: JSON.stringify(plan) });
        return frames.until(END, onText);
      });
    },
    async gather(viewers) {
      const all = await openAll(viewers, async () => {
        const frames = await Frames.open(child.url);
        frames.send({ type: 'join', room: 'room' });
        await frames.until('joined');
        return frames;
      });
      return audienceOf(all, END, (first, plan) => {
        first.send({ type: 'ask', text: JSON.stringify(plan) });
      });
    },
    startAnother: () => startNaive(upstreamUrl),
    close: () => child.end(),
  };
}
