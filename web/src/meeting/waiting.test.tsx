import { render } from '@testing-library/preact';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../lib/api/client';
import type { Visitor } from './api';
import { Waiting } from './waiting';

const problem = (status: number) =>
  new ApiError({ type: 'about:blank', title: `Refus ${status}`, status, code: 'x', trace: '' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function waiting(...answers: Promise<unknown>[]) {
  for (const answer of answers) answer.catch(() => undefined);
  const told: string[] = [];
  const ask = vi.fn(() => answers.shift() ?? Promise.resolve({ waiting: 't' }));
  render(
    <Waiting
      visitor={{ ask } as unknown as Visitor}
      ticket="t"
      onEntry={() => told.push('in')}
      onRefused={(sentence) => told.push(sentence)}
      onForgotten={() => told.push('forgotten')}
      onCancel={() => undefined}
    />,
  );
  return { told, ask };
}

it('a server that is away for a moment has not refused: the guest goes on waiting, and is let in', async () => {
  const { told, ask } = waiting(
    Promise.reject(problem(0)),
    Promise.reject(problem(503)),
    Promise.reject(problem(429)),
    Promise.resolve({ token: 'x' }),
  );
  await vi.advanceTimersByTimeAsync(9500);
  expect(told).toEqual([]);
  expect(ask).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(3000);
  expect(told).toEqual(['in']);
});

it('a server that was started anew is asked again; a host’s no is told', async () => {
  const forgotten = waiting(Promise.reject(problem(404)));
  await vi.advanceTimersByTimeAsync(3500);
  expect(forgotten.told).toEqual(['forgotten']);
  const refused = waiting(Promise.reject(problem(403)));
  await vi.advanceTimersByTimeAsync(3500);
  expect(refused.told).toEqual(['Refus 403']);
});
