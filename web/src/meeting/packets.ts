import type { Store } from '../lib/store';

/** The server's word in a data packet; undefined when it is not JSON. */
export function readPacket<T>(payload: Uint8Array): T | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(payload)) as T;
  } catch {
    return undefined;
  }
}

const answerWithinMs = 3000;

/** Whether it comes true soon. */
export function until<T>(state: Store<T>, fulfilled: () => boolean): Promise<boolean> {
  return new Promise((decide) => {
    const end = (result: boolean) => {
      clearTimeout(late);
      stop();
      decide(result);
    };
    const late = setTimeout(() => end(false), answerWithinMs);
    const stop = state.subscribe(() => {
      if (fulfilled()) end(true);
    });
  });
}
