/** Whether an accent can be read on and seen: WCAG's contrast of two colours. */

/** Near enough to the panel's own grounds, which are tinted by the accent. */
const GROUNDS = { light: '#fdfdfd', dark: '#171a1b' };
/** WCAG 2.2, 1.4.11: the least for a button against what is around it. */
const LEAST = 3;
/** Above it the widget writes in black on the accent, below in white. */
const TURNING_LUMINANCE = 0.179;

export interface ContrastHint {
  text: string;
  isWarning: boolean;
}

/** @param accent `#rrggbb` */
export function contrastHint(accent: string): ContrastHint {
  const isDark = luminance(accent) < TURNING_LUMINANCE;
  const words = isDark ? 'White' : 'Black';
  const onAccent = ratio(accent, isDark ? '#ffffff' : '#000000');
  const faint = Object.entries(GROUNDS).filter(([, ground]) => ratio(accent, ground) < LEAST);
  const isWarning = faint.length > 0;
  const seen = isWarning
    ? `It stands out little on a ${faint.map(([name]) => name).join(' and a ')} panel: less than ${LEAST} : 1.`
    : 'It stands out on light and dark panels.';
  return { text: `${words} words on it: ${onAccent.toFixed(1)} : 1. ${seen}`, isWarning };
}

function ratio(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
