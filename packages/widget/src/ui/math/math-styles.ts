/** Styles of the container of a formula. The browser itself renders MathML. */
export const mathStyles = `
.markdown .math { font-size: 1.1em; }
.markdown .math-block { display: block; overflow-x: auto; overflow-y: hidden; text-align: center; padding-block: 2px; border-radius: 4px; }
.markdown .math-block:focus-visible { outline-offset: -2px; }
.markdown math { font-family: "Cambria Math", "STIX Two Math", "Latin Modern Math", "Noto Sans Math", math; }
.markdown .tml-left { text-align: left; }
.markdown .tml-right { text-align: right; }
`;
