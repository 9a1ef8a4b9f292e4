import type { MeetingMode, Reception } from '../lib/api/schema';

/** How much of a meeting one receives, richest first. Voices are in all of them. */
export const modes = ['full', 'low_video', 'audio_slides', 'audio'] as const satisfies MeetingMode[];
export type Mode = MeetingMode;

export const isRicher = (a: Mode, b: Mode): boolean => modes.indexOf(a) < modes.indexOf(b);
/** The next lighter one. */
export const lighter = (mode: Mode): Mode | undefined => modes[modes.indexOf(mode) + 1];
/** The policy leaves this one to choose, without a reason. */
export const mayChoose = (mode: Mode, reception: Reception | undefined): boolean =>
  !reception || reception.exempt || reception.urgent_now || !isRicher(mode, reception.meetings.ceiling);

export const poorForMs = 8_000;
export const goodForMs = 30_000;

/**
 * Chooses a mode by what the line is like: one step down when it stays poor, one step up when it stays good, never above what the
 * person chose. After each fall a rise waits twice as long, so that images do not come and go.
 */
export class ModeKeeper {
  private since: number | undefined;
  private poor = false;
  private patience = goodForMs;
  constructor(
    private chosen: Mode = 'full',
    public current: Mode = chosen,
    /** No fall by itself: for whoever needs the images (a signed language, lip reading). */
    public fixed = false,
  ) {}

  get wished(): Mode {
    return this.chosen;
  }

  choose(mode: Mode): Mode {
    this.chosen = this.current = mode;
    this.since = undefined;
    this.patience = goodForMs;
    return mode;
  }

  /** The server decided: the policy's hours, or its word on a choice. A fall for want of line remains. */
  bound(mode: Mode): Mode {
    const reduced = isRicher(this.chosen, this.current);
    this.chosen = mode;
    if (!reduced || isRicher(this.current, mode)) this.current = mode;
    return this.current;
  }

  /** The mode to change to, when it is time. */
  observe(poor: boolean, nowMs: number): Mode | undefined {
    if (this.since === undefined || poor !== this.poor) {
      this.since = nowMs;
      this.poor = poor;
      return undefined;
    }
    const lasted = nowMs - this.since;
    const at = modes.indexOf(this.current);
    const next = modes[poor ? at + 1 : at - 1];
    if (next === undefined || this.fixed) return undefined;
    if (!poor && at <= modes.indexOf(this.chosen)) return undefined;
    if (lasted < (poor ? poorForMs : this.patience)) return undefined;
    if (poor) this.patience = Math.min(2 * this.patience, 8 * goodForMs);
    this.since = nowMs;
    this.current = next;
    return next;
  }
}

export interface Wanted {
  cameras: boolean;
  smallCameras: boolean;
  screens: boolean;
}
export const wantedIn = (mode: Mode): Wanted => ({
  cameras: mode === 'full' || mode === 'low_video',
  smallCameras: mode === 'low_video',
  screens: mode !== 'audio',
});
