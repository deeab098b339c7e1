/** The views that can be open over the conversation or in place of it. */
/** Name of a view; `none` is the conversation. */
export type SideView = 'none' | 'menu' | 'history' | 'export-failed' | 'person-failed' | 'erase' | 'consent';

/** Whether the view replaces the conversation. */
export const covers = (view: SideView): boolean => view !== 'none' && view !== 'menu';
