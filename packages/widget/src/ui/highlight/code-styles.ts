/** Colours of highlighted code, with a contrast of at least 4.5:1 on the background of a block in light and dark. */
export const codeStyles = `
.code-comment { color: var(--rivulet-code-comment, light-dark(#5c6670, #9aa5ae)); font-style: italic; }
.code-keyword { color: var(--rivulet-code-keyword, light-dark(#8e2fa8, #d9a5ee)); }
.code-string { color: var(--rivulet-code-string, light-dark(#1b6b38, #93d7a4)); }
.code-number { color: var(--rivulet-code-number, light-dark(#9a4a05, #f0b27e)); }
.code-title { color: var(--rivulet-code-title, light-dark(#1d56b8, #90bdf7)); }
.code-type { color: var(--rivulet-code-type, light-dark(#0b6470, #7fd3dd)); }
.code-attribute { color: var(--rivulet-code-attribute, light-dark(#7a5500, #e3c878)); }
.code-deletion { color: var(--rivulet-code-deletion, light-dark(#b02a30, #ff9c97)); }
`;
