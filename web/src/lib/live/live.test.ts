import { describe, expect, it } from 'vitest';
import { keys, queryClient } from '../api/queries';
import { applyFrame, newBuild } from '.';
import { parseFrame, retryDelayMs } from './socket';

describe('live frames', () => {
  it('are read, and what is not a frame is left', () => {
    expect(parseFrame('{"t":"space","id":"a"}')).toEqual({ t: 'space', id: 'a' });
    expect(parseFrame('{"x":1}')).toBeUndefined();
    expect(parseFrame('not json')).toBeUndefined();
    expect(parseFrame(new ArrayBuffer(2))).toBeUndefined();
  });

  it('move the meter without a request', () => {
    queryClient.setQueryData(keys.meterToday, { bytes_in: 1, bytes_out: 2, reference_bytes: 50 });
    applyFrame({ t: 'meter', bytes_in: 10, bytes_out: 20 });
    expect(queryClient.getQueryData(keys.meterToday)).toEqual({
      bytes_in: 10,
      bytes_out: 20,
      reference_bytes: 50,
    });
  });

  it('make spaces stale', async () => {
    const entry = queryClient.entry<string>(keys.space('achats'));
    await entry.fetch(() => Promise.resolve('old'));
    applyFrame({ t: 'membership', space: 's-2' });
    expect(entry.isFresh(60_000)).toBe(false);
  });

  it('tell that the server has a newer build', () => {
    applyFrame({ t: 'hello', build: 'a' });
    expect(newBuild.get()).toBe(false);
    applyFrame({ t: 'hello', build: 'b' });
    expect(newBuild.get()).toBe(true);
  });
});

describe('retryDelayMs', () => {
  it('grows, never beyond half a minute and a half', () => {
    expect(retryDelayMs(0, 0)).toBe(500);
    expect(retryDelayMs(0, 1)).toBe(1_500);
    expect(retryDelayMs(20, 1)).toBe(30_500);
  });
});
