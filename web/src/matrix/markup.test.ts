import { describe, expect, it } from 'vitest';
import { html, isPlain, markdown, toHtml } from './markup';
import { textContent } from './compose';

describe('markup', () => {
  it('turns what people type into the HTML that Matrix clients exchange', () => {
    expect(toHtml(markdown('Voir **la note** et `x<y`'))).toBe('<p>Voir <strong>la note</strong> et <code>x&lt;y</code></p>');
    expect(toHtml(markdown('- un\n- deux'))).toBe('<ul><li>un</li><li>deux</li></ul>');
    expect(toHtml(markdown('https://exemple.fr/a, puis'))).toContain('<a href="https://exemple.fr/a">');
  });

  it('sends no HTML for plain text', () => {
    expect(isPlain(markdown('Bonjour\nà tous'))).toBe(true);
    expect(textContent({ text: 'Bonjour', mentioned: [] }).formatted_body).toBeUndefined();
  });

  it('keeps only known tags and safe links of foreign HTML', () => {
    expect(toHtml(html('<p onclick="x">a<script>alert(1)</script><b>b</b></p>'))).toBe('<p>a<strong>b</strong></p>');
    expect(toHtml(html('<a href="javascript:alert(1)">x</a>'))).toBe('<p>x</p>');
    expect(toHtml(html('<img src=x onerror=alert(1)>t'))).toBe('t');
    expect(toHtml(html('a &lt;b&gt; &amp;#x26;'))).toBe('a &lt;b&gt; &amp;#x26;');
    expect(toHtml(html('<mx-reply>old</mx-reply>new'))).toBe('new');
  });

  it('survives deep nesting', () => {
    expect(() => toHtml(html('<b>'.repeat(5000) + 'x'))).not.toThrow();
  });

  it('mentions people by id', () => {
    const content = textContent({ text: 'Bonjour @Claire Vasseur', mentioned: [{ id: '@claire:x', name: 'Claire Vasseur' }] });
    expect(content['m.mentions']).toEqual({ user_ids: ['@claire:x'] });
    expect(content.formatted_body).toContain('matrix.to/#/%40claire%3Ax');
  });

  it('relates replies and threads as the specification says', () => {
    expect(textContent({ text: 'x', mentioned: [], thread: '$root' })['m.relates_to']).toEqual({
      rel_type: 'm.thread',
      event_id: '$root',
      is_falling_back: true,
      'm.in_reply_to': { event_id: '$root' },
    });
  });
});
