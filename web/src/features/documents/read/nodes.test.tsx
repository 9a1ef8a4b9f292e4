import { render } from '@testing-library/preact';
import { expect, test } from 'vitest';
import { nodesOf } from './nodes';

function shown(html: string): Element {
  const page = new DOMParser().parseFromString(html, 'text/html');
  return render(<div>{nodesOf(page.body)}</div>).container;
}

test('titles, lists and tables pass', () => {
  const container = shown(
    '<h2>Ordre du jour</h2><ul><li>Un</li></ul><table><tr><td colspan="2">x</td></tr></table>',
  );
  expect(container.querySelector('h2')?.textContent).toBe('Ordre du jour');
  expect(container.querySelector('td')?.getAttribute('colspan')).toBe('2');
});

test('what could run or load from elsewhere does not', () => {
  const container = shown(
    '<script>x()</script><p onclick="x()">a</p><a href="javascript:x()">b</a><img src="https://ailleurs.example/i.png">',
  );
  expect(container.querySelector('script')).toBeNull();
  expect(container.querySelector('p')?.hasAttribute('onclick')).toBe(false);
  expect(container.querySelector('a')?.hasAttribute('href')).toBe(false);
  expect(container.querySelector('img')?.hasAttribute('src')).toBe(false);
});
