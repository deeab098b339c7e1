/** Evaluates an accent colour by the contrast ratio of WCAG: the text on it, and the accent on a panel. */

/** Approximations of the panel's backgrounds, which the widget tints with the accent. */
const PANELS = { light: '#fdfdfd', dark: '#171a1b' };
/** WCAG 2.2, 1.4.11: the minimum contrast of a button with its surroundings. */
const MIN_RATIO = 3;
/** The widget's text on the accent is white below this relative luminance, and black above. */
const DARK_TEXT_LUMINANCE = 0.179;

/** A sentence about an accent colour. */
export interface ContrastHint {
  text: string;
  /** Whether the contrast is too low. */
  isWarning: boolean;
}

/** Describes the contrast of an accent. @param accent `#rrggbb` */
export function contrastHint(accent: string): ContrastHint {
  const isDark = luminance(accent) < DARK_TEXT_LUMINANCE;
  const textColour = isDark ? 'White' : 'Black';
  const onAccent = ratio(accent, isDark ? '#ffffff' : '#000000');
  const tooLow = Object.entries(PANELS).filter(([, panel]) => ratio(accent, panel) < MIN_RATIO);
  const isWarning = tooLow.length > 0;
  const onPanels = isWarning
    ? `Low contrast on a ${tooLow.map(([name]) => name).join(' and a ')} panel: less than ${MIN_RATIO} : 1.`
    : 'Sufficient contrast on light and dark panels.';
  return { text: `${textColour} text on it: ${onAccent.toFixed(1)} : 1. ${onPanels}`, isWarning };
}

function ratio(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
