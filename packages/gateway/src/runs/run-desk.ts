/** What one run has to do with the desk: it may ask for a person, who is then logged with its end. */
import type { LoggedEventBody } from '@rivulet/protocol';
import { describeCause, type Logger } from '../base/index.ts';
import type { AcceptedRun } from '../conversations/accepted-run.ts';
import { ownerEntryAfter } from '../conversations/desk-request.ts';
import type { DeskForRuns } from '../conversations/desk.ts';
import type { DeskTeam } from '../conversations/desk-team.ts';
import type { Store } from '../stores/store.ts';
import type { RequestedPerson } from '../tools/tool.ts';

/** What runs need of the desk. */
export interface RunDeskOptions {
  store: Pick<Store, 'readStanding'>;
  desk: Pick<DeskForRuns, 'requestInRun' | 'announce'>;
  team: Pick<DeskTeam, 'staff'>;
  logger: Logger;
}

/** The desk, as one run sees it. */
export interface RunDesk {
  /** Asks for a person. @throws {ChatError} conflict when the run has ended; internal */
  request(): Promise<RequestedPerson>;
  /** Whether a person was asked for in this run. */
  readonly wasAsked: boolean;
  /** What is logged with the end of the run, under its lease. */
  entries(): Promise<LoggedEventBody[]>;
  /** To be called when the run has ended here and its lease is released. Returns at once. */
  end(): void;
}

/** Creates it for a run; undefined at a site without a desk. */
export function createRunDesk(
  { store, desk, team, logger }: RunDeskOptions,
  { conversationId, runId, site }: Pick<AcceptedRun, 'conversationId' | 'runId' | 'site'>,
): RunDesk | undefined {
  if (site.desk === undefined) return undefined;
  let state: 'not-asked' | 'asked' | 'logged' = 'not-asked';
  return {
    get wasAsked() {
      return state !== 'not-asked';
    },
    async request() {
      const { owner } = await desk.requestInRun({ conversationId, runId }, () => team.staff(site));
      state = 'asked';
      return { isSomebodyThere: owner.isAway !== true };
    },
    async entries() {
      if (state !== 'asked') return [];
      const entries = await ownerEntryAfter({ store }, conversationId);
      if (entries.length > 0) state = 'logged';
      return entries;
    },
    end() {
      if (state !== 'asked') return;
      desk.announce(conversationId).catch((error: unknown) => {
        logger.warn(
          { conversationId, ...describeCause(error) },
          'a person was asked for, and the viewers could not be told yet; whoever takes the conversation tells them',
        );
      });
    },
  };
}
