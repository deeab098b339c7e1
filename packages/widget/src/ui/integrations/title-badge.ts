/** Shows the number of unread answers before the title of the page. The page may change its title meanwhile. */

const BADGE = /^\(\d+\) /;

/** Sets or, at 0, removes the number. */
export function showTitleBadge(unread: number): void {
  const title = document.title.replace(BADGE, '');
  const wanted = unread === 0 ? title : `(${unread}) ${title}`;
  if (document.title !== wanted) document.title = wanted;
}
