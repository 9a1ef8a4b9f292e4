export const settleMs = 1_200;
export const holdMs = 2_500;

/**
 * Whose picture is large. A cough or a yes does not change it: another must have spoken for a while, and the one
 * shown must have been silent, or both speak for long. Silence changes nothing.
 */
export class SpeakerKeeper {
  current: string | undefined;
  private readonly since = new Map<string, number>();
  private changedAt = Number.NEGATIVE_INFINITY;

  /** Who speaks now, loudest first. */
  observe(speaking: readonly string[], now: number): string | undefined {
    for (const one of [...this.since.keys()]) if (!speaking.includes(one)) this.since.delete(one);
    for (const one of speaking) if (!this.since.has(one)) this.since.set(one, now);
    const settled = speaking.filter((one) => now - (this.since.get(one) ?? now) >= settleMs);
    const [first] = this.current === undefined ? speaking : settled.filter((one) => one !== this.current);
    if (first === undefined) return this.current;
    const stillSpeaking = this.current !== undefined && speaking.includes(this.current);
    if (stillSpeaking && now - this.changedAt < 2 * holdMs) return this.current;
    if (!stillSpeaking && now - this.changedAt < holdMs) return this.current;
    this.changedAt = now;
    this.current = first;
    return first;
  }

  /** Somebody left. */
  forget(identity: string): void {
    this.since.delete(identity);
    if (this.current !== identity) return;
    this.current = undefined;
    this.changedAt = Number.NEGATIVE_INFINITY;
  }
}
