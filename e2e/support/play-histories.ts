/** Plays seeded histories in places that several of them share, and sums up what came of them. */
import { History, type Outcome } from './history.ts';
import type { Place } from './place.ts';

export interface Played {
  seed: number;
  outcome: Outcome;
  /** What it waited for, when it did not come to its end. */
  hungAt?: string;
  /** Whether everything was there after kill -9 of whatever keeps it. */
  isOnDisk: boolean;
}

export interface Results {
  played: readonly Played[];
  /** What was wrong with the places themselves. */
  complaints: readonly string[];
}

export interface Playing {
  seeds: readonly number[];
  open: () => Promise<Place>;
  /** Places, side by side. */
  lanes: number;
  /** Histories of one place that run at once, so that a fault hits several. */
  atOnce: number;
  /** A history takes a few seconds; one that takes this long hangs. */
  hungMs: number;
  /** No history begins later than this after the start. */
  budgetMs?: number;
}

export async function playHistories(playing: Playing): Promise<Results> {
  const { seeds, lanes, budgetMs = Infinity } = playing;
  const waiting = [...seeds];
  const untilMs = Date.now() + budgetMs;
  const next = () => (Date.now() < untilMs ? waiting.shift() : undefined);
  const played = await Promise.all(Array.from({ length: lanes }, () => playLane(playing, next)));
  return {
    played: played.flatMap((lane) => lane.played),
    complaints: played.flatMap((lane) => lane.complaints),
  };
}

async function playLane({ open, atOnce, hungMs }: Playing, next: () => number | undefined): Promise<Results> {
  const place = await open();
  const ended: { seed: number; history: History; hungAt?: string }[] = [];
  const playOn = async () => {
    for (let seed = next(); seed !== undefined; seed = next()) {
      const history = new History(seed, place);
      ended.push({ seed, history, ...(await play(history, hungMs)) });
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, playOn));
    const complaints = await place.complaints();
    await place.restartAll();
    const played: Played[] = [];
    for (const { history, ...one } of ended) {
      const isOnDisk = one.hungAt === undefined && (await history.isStillThere());
      played.push({ ...one, outcome: history.outcome, isOnDisk });
    }
    return { played, complaints };
  } finally {
    await place.close();
  }
}

async function play(history: History, hungMs: number): Promise<{ hungAt?: string }> {
  const hung = Promise.withResolvers<{ hungAt: string }>();
  const timer = setTimeout(() => {
    hung.resolve({ hungAt: history.waitingFor });
    history.leave();
  }, hungMs);
  try {
    return await Promise.race([history.run().then(() => ({})), hung.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The figures, in one line. */
export function describeResults({ played, complaints }: Results): string {
  const outcomes = played.map(({ outcome }) => outcome);
  const count = (name: 'lost' | 'doubled' | 'endedTwice' | 'unfinished') =>
    outcomes.reduce((sum, outcome) => sum + outcome[name].length, 0);
  const faults = Object.entries(
    Object.groupBy(
      outcomes.flatMap((outcome) => outcome.faults),
      (name) => name,
    ),
  );
  const tabs = outcomes.reduce((sum, { transports }) => sum + transports.length, 0);
  return [
    `${played.length} histories, ${tabs} tabs on 3 transports`,
    `faults: ${faults.map(([name, all = []]) => `${name} ${all.length}`).join(', ')}`,
    `lost ${count('lost')}, doubled ${count('doubled')}, ended twice ${count('endedTwice')}, unfinished ${count('unfinished')}`,
    `tabs as the store in ${played.filter(({ hungAt }) => hungAt === undefined).length}, the store as before kill -9 in ${played.filter(({ isOnDisk }) => isOnDisk).length} of ${played.length}; gateways that ended by themselves and second ends in the log: ${complaints.length}`,
  ].join('; ');
}

/** Those in which anything is not as it must be, each with what replays it. */
export function badOnes({ played, complaints }: Results): object[] {
  const isBad = ({ isOnDisk, hungAt, outcome: { lost, doubled, endedTwice, unfinished } }: Played) =>
    !isOnDisk ||
    hungAt !== undefined ||
    [lost, doubled, endedTwice, unfinished].some((list) => list.length > 0);
  const bad = played
    .filter(isBad)
    .map(({ seed, outcome, ...rest }) => ({ replay: `RIVULET_SEED=${seed}`, ...rest, ...outcome }));
  return complaints.length === 0 ? bad : [...bad, { complaints }];
}
