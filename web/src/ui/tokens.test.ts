import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/ui/tokens.css', 'utf8');

function block(selector: string): Record<string, string> {
  const start = css.indexOf(selector);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return Object.fromEntries<string>(
    [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    ),
  );
}

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const texts = [
  'c-text',
  'c-text-2',
  'c-text-3',
  'c-link',
  'c-primary',
  'c-accent',
  'c-ok',
  'c-danger',
  'c-info',
];
const surfaces = ['c-canvas', 'c-surface', 'c-sunken'];
const pairs = [
  ...texts.flatMap((text) => surfaces.map((surface) => [text, surface, 4.5] as const)),
  ...['primary', 'accent', 'ok', 'danger', 'info'].map(
    (role) => [`c-${role}`, `c-${role}-soft`, 4.5] as const,
  ),
  ['c-on-primary', 'c-primary', 4.5] as const,
  ['c-on-primary', 'c-primary-hover', 4.5] as const,
  ['c-text', 'c-primary-soft', 4.5] as const,
  ['c-text-2', 'c-primary-soft', 4.5] as const,
  ...surfaces.map((surface) => ['c-line-strong', surface, 3] as const),
  ...surfaces.map((surface) => ['c-focus', surface, 3] as const),
];

describe.each([
  ['light', ":root,\n[data-theme='light']"],
  ['dark', "\n[data-theme='dark']"],
])('%s theme', (_, selector) => {
  const tokens = block(selector);
  it.each(pairs)('%s on %s reaches %d:1', (text, surface, least) => {
    expect(contrast(tokens[text] ?? '', tokens[surface] ?? '')).toBeGreaterThanOrEqual(least);
  });
});

it('says the same in the system-dark block as in the chosen-dark one', () => {
  expect(block(":root:not([data-theme='light'])")).toEqual(block("\n[data-theme='dark']"));
});

it('keeps white readable on every hue of avatars and spaces', () => {
  const hues = Object.entries(block('\n:root {')).filter(([name]) => name.startsWith('h-'));
  expect(hues).toHaveLength(8);
  for (const [, hue] of hues) expect(contrast(hue, '#ffffff')).toBeGreaterThanOrEqual(6.3);
});
