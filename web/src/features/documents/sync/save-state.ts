/**
 * What a person may believe about what they wrote.
 * `saved`: on the server's disk. `saving`: sent, not yet acknowledged. `waiting`: only on this device.
 * `offline`: no connection, nothing of theirs waits. `refused`: they may no longer open it.
 */
export type SaveState = 'connecting' | 'saved' | 'saving' | 'waiting' | 'offline' | 'refused';

export function saveState(facts: {
  refused: boolean;
  online: boolean;
  synced: boolean;
  unsaved: boolean;
}): SaveState {
  if (facts.refused) return 'refused';
  if (facts.synced) return facts.unsaved ? 'saving' : 'saved';
  if (facts.unsaved) return 'waiting';
  return facts.online ? 'connecting' : 'offline';
}

const longestMs = 30_000;

/** Doubles from one second to thirty; between half of it and all of it, so that people do not come back at once. */
export function nextDelayMs(attempt: number, chance: number): number {
  const whole = Math.min(longestMs, 1000 * 2 ** Math.max(0, attempt - 1));
  return Math.round(whole * (0.5 + chance / 2));
}
