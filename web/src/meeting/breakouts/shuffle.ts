/** A number below `bound`, each as likely as the others. */
function below(bound: number): number {
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
  return Math.floor((drawn / 2 ** 32) * bound);
}

/** Everybody in a group by chance, groups as even as they can be. */
export function shuffled(
  people: readonly string[],
  groups: number,
  draw: (bound: number) => number = below,
): Record<string, number> {
  const order = [...people];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = draw(at + 1);
    const [one, two] = [order[at], order[other]];
    if (one === undefined || two === undefined) continue;
    order[at] = two;
    order[other] = one;
  }
  return Object.fromEntries(order.map((person, at) => [person, (at % groups) + 1]));
}
