import type { ComponentChildren } from 'preact';
import { Router } from 'wouter';

/** Links of the app's own parts, inside the meeting: they open beside it, so that nobody leaves by a click. */
const beside = (): [string, (to: string) => void] => [
  location.pathname,
  (to) => void window.open(to, '_blank', 'noopener'),
];

export const Outside = ({ children }: { children: ComponentChildren }) => (
  <Router hook={beside}>{children}</Router>
);
