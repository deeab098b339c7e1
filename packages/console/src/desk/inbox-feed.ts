/** Follows the inbox live. The browser connects again by itself; when it gives up, this asks why, and begins anew. */
import { ApiError, ask } from '../api.ts';
import type { InboxPage } from './desk-data.ts';

/** What the reader is told. */
export interface FeedListener {
  /** The first 100 open conversations, the longest wait first. */
  changed: (inbox: InboxPage) => void;
  status: (status: 'live' | 'lost') => void;
  /** The gateway refuses: the session has ended, or the user has no desk any more. Nothing follows. */
  refused: (error: ApiError) => void;
}

/** A gateway that restarts is there again in some seconds. */
const RETRY_MS = 3_000;

/** Opens the feed. While it is open, the user is there for visitors. @returns a function that closes it */
export function readFeed({ changed, status, refused }: FeedListener): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const retry = async () => {
    try {
      await ask('me', { signal });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status === 401) {
        refused(error);
        return;
      }
    }
    if (!signal.aborted) timer = setTimeout(open, RETRY_MS);
  };
  function open(): void {
    source = new EventSource('/admin/api/desk/feed');
    source.onopen = () => {
      status('live');
    };
    source.addEventListener('inbox', ({ data }: MessageEvent<string>) => {
      changed(JSON.parse(data) as InboxPage); // the gateway of this page is of the same version
    });
    source.onerror = ({ target }) => {
      status('lost');
      if (target instanceof EventSource && target.readyState === EventSource.CLOSED) void retry();
    };
  }
  open();
  return () => {
    stop.abort();
    clearTimeout(timer);
    source?.close();
  };
}
