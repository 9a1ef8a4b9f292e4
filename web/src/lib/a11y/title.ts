import { useEffect } from 'preact/hooks';
import { announce } from './announce';

let pending = false;

/** The router says that a page change is under way: the next title takes the focus to its heading. */
export function pageChanging(): void {
  pending = true;
}

/**
 * Names the page: `<title>` is "page, space, Parvis"; after a navigation it is announced and the heading
 * takes the focus (RGAA 12.8). Undefined while the name is not known yet.
 */
export function usePageTitle(...parts: (string | undefined)[]): void {
  const known = parts.every((part) => part !== undefined);
  const title = parts.filter(Boolean).join(', ');
  useEffect(() => {
    if (!known) return;
    document.title = `${title}, Parvis`;
    if (!pending) return;
    pending = false;
    announce(title);
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [known, title]);
}
