const notes = [523, 659]; // do, mi
const noteSeconds = 0.35;

/** Two soft notes, by the chosen loudspeaker. */
export async function playTestSound(speaker: string | undefined): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = out.stream;
  if (speaker && 'setSinkId' in element) await element.setSinkId(speaker).catch(() => undefined);
  notes.forEach((pitch, index) => {
    const start = context.currentTime + 0.1 + index * noteSeconds;
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.25, start + 0.03);
    loudness.gain.linearRampToValueAtTime(0, start + noteSeconds);
    tone.connect(loudness).connect(out);
    tone.start(start);
    tone.stop(start + noteSeconds);
  });
  await element.play();
  await new Promise((resolve) => setTimeout(resolve, 1000 * (0.3 + notes.length * noteSeconds)));
  element.pause();
  await context.close();
}
