import { render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { useState } from 'preact/hooks';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '../test/accessible';
import { Checkbox, RadioCards, SegmentedControl, Switch } from './choice';

function Choices() {
  const [on, setOn] = useState(false);
  const [read, setRead] = useState(false);
  const [who, setWho] = useState<'open' | 'secret'>('open');
  const [view, setView] = useState<'all' | 'mine'>('all');
  return (
    <main>
      <Switch label="Raccourcis" hint="D’une seule lettre" checked={on} onChecked={setOn} />
      <Checkbox label="J’ai compris" checked={read} onChecked={setRead} />
      <RadioCards
        legend="Qui voit"
        options={[
          { value: 'open', label: 'Ouvert', detail: 'Tous les agents.' },
          { value: 'secret', label: 'Secret', detail: 'Ses membres.' },
        ]}
        value={who}
        onValue={setWho}
      />
      <SegmentedControl
        legend="Affichés"
        options={[
          { value: 'all', label: 'Tous' },
          { value: 'mine', label: 'Les miens' },
        ]}
        value={view}
        onValue={setView}
      />
    </main>
  );
}

const checked = (role: string, name: string) => screen.getByRole<HTMLInputElement>(role, { name }).checked;

describe('choices', () => {
  it('turn with Space', async () => {
    render(<Choices />);
    screen.getByRole('switch', { name: 'Raccourcis' }).focus();
    await userEvent.keyboard(' ');
    expect(checked('switch', 'Raccourcis')).toBe(true);
    screen.getByRole('checkbox', { name: 'J’ai compris' }).focus();
    await userEvent.keyboard(' ');
    expect(checked('checkbox', 'J’ai compris')).toBe(true);
  });

  it('are chosen one among several, and say why in their description', async () => {
    render(<Choices />);
    const secret = screen.getByRole('radio', { name: 'Secret' });
    expect(document.getElementById(secret.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      'Ses membres.',
    );
    await userEvent.click(secret);
    expect(checked('radio', 'Secret')).toBe(true);
    expect(checked('radio', 'Ouvert')).toBe(false);
    await userEvent.click(screen.getByRole('radio', { name: 'Les miens' }));
    expect(checked('radio', 'Les miens')).toBe(true);
  });

  it('stand in named groups and are accessible', async () => {
    const { container } = render(<Choices />);
    expect(screen.getByRole('group', { name: 'Qui voit' })).toBeTruthy();
    expect(screen.getByRole('group', { name: 'Affichés' })).toBeTruthy();
    await expectAccessible(container);
  });
});
