/** The people at the desk: who is there, and who is given a conversation that waits. */
import type { Participant } from '@rivulet/protocol';
import type { Clock } from '../base/index.ts';
import { DEFAULT_CAPACITY } from '../sites/desk-settings.ts';
import { isOpenAt } from '../sites/desk-hours.ts';
import type { Site } from '../sites/sites.ts';
import type { AvailabilityChoice, DeskMember } from '../stores/desk-team-store.ts';
import type { Store } from '../stores/store.ts';

/** Whether a person is there. */
export type Availability = 'online' | 'away' | 'offline';

/** Whether somebody is there for a conversation. */
export interface Staffing {
  /** Nobody is there: the desk is closed, or everybody is away. */
  isAway: boolean;
  /** Who is given the conversation; absent: it waits until somebody takes it. */
  person?: Participant;
}

/** A person as the desk shows them to others. */
export interface TeamMember extends Participant {
  userName: string;
  availability: Availability;
  choice: AvailabilityChoice;
}

/** The people at the desk. */
export interface DeskTeam {
  /** Keeps that somebody is there, at most once in 30 s. @param isActive they do something; otherwise their page is open */
  touch(
    person: Omit<DeskMember, 'choice' | 'assignedMs' | 'seenMs' | 'activeMs'>,
    isActive: boolean,
  ): Promise<void>;
  /** Sets what a person has chosen to be. */
  choose(id: string, choice: AvailabilityChoice): Promise<void>;
  /** The people who may see the site. */
  list(siteId: string): Promise<TeamMember[]>;
  /** Who is there for another conversation of the site, now. */
  staff(site: Pick<Site, 'id' | 'desk'>): Promise<Staffing>;
}

/** A page that is open is heard of each 30 s; two may be lost. */
const GONE_MS = 90_000;
/** Who does nothing for this long is away, unless they have chosen what they are. */
const IDLE_MS = 10 * 60_000;
const TOUCH_INTERVAL_MS = 30_000;

/** Whether a person is there. A closed page is offline whatever was chosen; otherwise a choice counts more than that they do nothing. */
export function availabilityOf(
  { choice, seenMs, activeMs }: Pick<DeskMember, 'choice' | 'seenMs' | 'activeMs'>,
  nowMs: number,
): Availability {
  if (nowMs - seenMs >= GONE_MS) return 'offline';
  if (choice !== 'auto') return choice;
  return nowMs - activeMs >= IDLE_MS ? 'away' : 'online';
}

/** Creates the team of one gateway. */
export function createDeskTeam({ store, clock }: { store: Store; clock: Clock }): DeskTeam {
  /** When each person was last kept. Bounded by the users of the console. */
  const touched = new Map<string, { seenMs: number; activeMs: number }>();
  const membersOf = async (siteId: string) =>
    (await store.team.members()).filter(({ sites }) => sites?.includes(siteId) !== false);
  return {
    async touch(person, isActive) {
      const nowMs = clock.now();
      const before = touched.get(person.id) ?? { seenMs: 0, activeMs: 0 };
      const isRecent = (atMs: number) => nowMs - atMs < TOUCH_INTERVAL_MS;
      if (isRecent(before.seenMs) && (!isActive || isRecent(before.activeMs))) return;
      const next = { seenMs: nowMs, activeMs: isActive ? nowMs : before.activeMs };
      touched.set(person.id, next);
      await store.team.touch({ ...person, ...next });
    },
    choose: (id, choice) => store.team.choose(id, choice),
    async list(siteId) {
      const nowMs = clock.now();
      return (await membersOf(siteId)).map((member) => ({
        ...{ ...participantOf(member), userName: member.userName, choice: member.choice },
        availability: availabilityOf(member, nowMs),
      }));
    },
    async staff({ id: siteId, desk = {} }) {
      const nowMs = clock.now();
      if (!isOpenAt(desk.hours, nowMs)) return { isAway: true };
      const online = (await membersOf(siteId)).filter((member) => availabilityOf(member, nowMs) === 'online');
      if (online.length === 0) return { isAway: true };
      if ((desk.assign ?? 'manual') === 'manual') return { isAway: false };
      const chosen = await choose(store, siteId, { online, desk });
      if (chosen === undefined) return { isAway: false };
      await store.team.assigned(chosen.id, nowMs);
      return { isAway: false, person: participantOf(chosen) };
    },
  };
}

const participantOf = ({ id, name, pictureUrl }: DeskMember): Participant => ({
  ...{ id, name },
  ...(pictureUrl === undefined ? {} : { pictureUrl }),
});

/** The person whose turn it is among those who have not as many open conversations as they should; of equals, who waited longest. */
async function choose(
  store: Store,
  siteId: string,
  { online, desk }: { online: readonly DeskMember[]; desk: NonNullable<Site['desk']> },
): Promise<DeskMember | undefined> {
  const { capacity = DEFAULT_CAPACITY, assign } = desk;
  const loads = await Promise.all(
    online.map(async (member) => {
      const query = { siteId, of: { personId: member.id }, status: 'open', limit: capacity } as const;
      return { member, load: (await store.desk.list(query)).length };
    }),
  );
  const [first] = loads
    .filter(({ load }) => load < capacity)
    .sort(
      (one, other) =>
        (assign === 'least-loaded' ? one.load - other.load : 0) ||
        one.member.assignedMs - other.member.assignedMs,
    );
  return first?.member;
}
