import { describe, expect, it } from 'vitest';
import { shuffled } from './shuffle';

describe('groups by chance', () => {
  const people = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const sizes = (found: Record<string, number>) =>
    [1, 2, 3].map((group) => Object.values(found).filter((one) => one === group).length);

  it('takes everybody once, in groups whose sizes differ by one at most', () => {
    const found = shuffled(people, 3);
    expect(Object.keys(found).sort()).toEqual(people);
    expect(sizes(found).sort()).toEqual([2, 2, 3]);
  });

  it('lets chance decide', () => {
    expect(shuffled(people, 3, () => 0)).not.toEqual(shuffled(people, 3, (bound) => bound - 1));
  });

  it('leaves groups empty when there are more than people', () => {
    expect(shuffled(['a'], 4)).toEqual({ a: 1 });
  });
});
