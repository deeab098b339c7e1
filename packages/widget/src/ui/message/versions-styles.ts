/** Styles of the choice between versions. Its place has those of the actions. */
export const versionsStyles = `
.versions > div { display: flex; align-items: center; }
.versions .icon-button { inline-size: 24px; }
.versions .previous:dir(ltr) .icon, .versions .next:dir(rtl) .icon { transform: scaleX(-1); }
`;
