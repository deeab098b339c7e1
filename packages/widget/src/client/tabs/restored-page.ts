/**
 * Brings a page that the browser has restored from the back-forward cache up to date. It heard no other tab and no later page of its own
 * tab while it was there; what they have stored says what has happened.
 */
import type { SiteStorage } from '../environment/storage.ts';

/** Adopts the stored values, and shows the stored draft and state of the panel. */
export function adoptStored(storage: SiteStorage, shown: { adoptStored: () => void }): void {
  if (storage.mayWrite && storage.getShared('draft') === undefined) storage.remove('draft');
  storage.reload();
  shown.adoptStored();
}
