const margin = 8;

/** Puts a floating element under its anchor (above when there is more room), inside the window. */
export function placeUnder(anchor: Element, floating: HTMLElement, align: 'start' | 'end' | 'center'): void {
  const box = anchor.getBoundingClientRect();
  const size = floating.getBoundingClientRect();
  const room = window.innerHeight - box.bottom;
  const above = room < size.height + margin && box.top > room;
  const top = above ? Math.max(margin, box.top - size.height - 6) : box.bottom + 6;
  const wanted =
    align === 'start'
      ? box.left
      : align === 'end'
        ? box.right - size.width
        : box.left + box.width / 2 - size.width / 2;
  const left = Math.min(Math.max(margin, wanted), Math.max(margin, window.innerWidth - size.width - margin));
  floating.style.top = `${top}px`;
  floating.style.left = `${left}px`;
}
