/**
 * Two synthesized soft tones. Browsers mute audio until the visitor has interacted with the page; no sound is played
 * then.
 */

const TONES = [
  { hertz: 659, atS: 0 },
  { hertz: 880, atS: 0.12 },
] as const;
const TONE_S = 0.35;
const LOUDNESS = 0.06;

/** Shared by the page: browsers limit the number of audio contexts. */
let context: AudioContext | undefined;

/** Plays the notification sound once. */
export function playSound(): void {
  if (!navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  for (const { hertz, atS } of TONES) {
    const startS = context.currentTime + atS;
    const oscillator = new OscillatorNode(context, { frequency: hertz });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.linearRampToValueAtTime(LOUDNESS, startS + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, startS + TONE_S);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(startS);
    oscillator.stop(startS + TONE_S);
  }
}
