/** Reads which message another one replies to. */

/** The parent in the JSON of a message; null also for a body that is damaged, which its reader reports. */
export function parentIdIn(body: string): string | null {
  try {
    const { parentId } = JSON.parse(body) as { parentId?: unknown };
    return typeof parentId === 'string' ? parentId : null;
  } catch {
    return null;
  }
}
