import { cleanup } from '@testing-library/preact';
import { afterEach, vi } from 'vitest';

afterEach(() => cleanup());

/** happy-dom has no top layer: showing a popover is only an attribute and an event there. */
if (!('popover' in HTMLElement.prototype) || !('showPopover' in HTMLElement.prototype)) {
  const toggle = (element: HTMLElement, open: boolean) => {
    if (element.hasAttribute('data-open') === open) return;
    element.toggleAttribute('data-open', open);
    element.dispatchEvent(Object.assign(new Event('toggle'), { newState: open ? 'open' : 'closed' }));
  };
  Object.assign(HTMLElement.prototype, {
    showPopover(this: HTMLElement) {
      toggle(this, true);
    },
    hidePopover(this: HTMLElement) {
      toggle(this, false);
    },
  });
}

vi.stubGlobal('scrollTo', () => undefined);
