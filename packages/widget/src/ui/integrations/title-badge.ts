/** The number of unread answers in front of the page's title; the page may change its title meanwhile. */

const BADGE = /^\(\d+\) /;

export function showTitleBadge(unread: number): void {
  const title = document.title.replace(BADGE, '');
  const wanted = unread === 0 ? title : `(${unread}) ${title}`;
  if (document.title !== wanted) document.title = wanted;
}
