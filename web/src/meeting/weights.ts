import { largestBits, screenBits, smallestBits, voiceBits } from './media-limits';
import type { Mode } from './modes';

const others = 3;
/** 25 packets a second of 64 bytes of IP, UDP, RTP and SRTP. */
const speaking = voiceBits + 25 * 64 * 8;
/** The others' silence, reports and checks: 4.7 kbit/s measured (bench/meetings), and some air. */
const voice = speaking + 7_000;
/** Images come in packets of about 1,200 bytes. */
const withHeaders = (bits: number) => bits * 1.06;

const anHour = (bits: number) => (bits * 3600) / 8;

/**
 * Bytes an hour for somebody who listens in a meeting of four where one always speaks and shares a screen, at most: what the encoders may
 * send, and headers. To choose by, not to bill by; the meter inside tells what it really is.
 */
export const hourly: Record<Mode, number> = {
  audio: anHour(voice),
  audio_slides: anHour(voice + withHeaders(screenBits)),
  low_video: anHour(voice + withHeaders(screenBits + others * smallestBits)),
  full: anHour(voice + withHeaders(screenBits + others * largestBits)),
};

/** Bytes since one entered. The server's count comes every ten seconds; in between the browser's is the newer one. */
export const weighed = (
  line: { bytes: number } | undefined,
  { received, sent }: { received: number; sent: number },
): number => Math.max(line?.bytes ?? 0, received + sent);
