/** Bits per second that encoders may send. Apart from livekit-client, which the door does not load. */

/** Speech needs no more; the server asks all clients for the same. */
export const voiceBits = 20_000;
/** The smallest layer of a camera: what "small images" are. */
export const smallestBits = 100_000;
/** A screen is text: sharp, and seldom another. */
export const screenBits = 600_000;
/** livekit-client's 720p. */
export const largestBits = 1_700_000;
