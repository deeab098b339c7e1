/** What may stand in the panel in place of the conversation, or over it. */
export type SideView = 'none' | 'menu' | 'history' | 'export-failed' | 'erase' | 'consent';

/** Whether it takes the place of the conversation. */
export const covers = (view: SideView): boolean => view !== 'none' && view !== 'menu';
