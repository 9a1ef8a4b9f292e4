import { render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { expectAccessible } from '../test/accessible';
import { Button, ButtonLink, IconButton } from './button';
import { bellIcon, plusIcon } from './icons';

describe('Button', () => {
  it('acts on a click, Enter and Space', async () => {
    const act = vi.fn();
    render(<Button onClick={act}>Enregistrer</Button>);
    const button = screen.getByRole('button', { name: 'Enregistrer' });
    await userEvent.click(button);
    await userEvent.keyboard('{Enter}');
    await userEvent.keyboard(' ');
    expect(act).toHaveBeenCalledTimes(3);
  });

  it('does nothing while busy but stays where the focus is', async () => {
    const act = vi.fn();
    render(
      <Button busy onClick={act}>
        Envoyer
      </Button>,
    );
    await userEvent.tab();
    const button = screen.getByRole('button', { name: 'Envoyer' });
    expect(document.activeElement).toBe(button);
    await userEvent.keyboard('{Enter}');
    expect(act).not.toHaveBeenCalled();
    expect(button.getAttribute('aria-busy')).toBe('true');
  });

  it('is accessible in each look', async () => {
    const { container } = render(
      <main>
        <Button>Un</Button>
        <Button variant="primary" icon={plusIcon}>
          Deux
        </Button>
        <Button variant="danger" small>
          Trois
        </Button>
        <Button variant="ghost" disabled>
          Quatre
        </Button>
        <ButtonLink href="/c">Cinq</ButtonLink>
      </main>,
    );
    await expectAccessible(container);
  });
});

describe('ButtonLink', () => {
  it('is a link with its address', () => {
    render(<ButtonLink href="/c">Explorer</ButtonLink>);
    expect(screen.getByRole('link', { name: 'Explorer' }).getAttribute('href')).toBe('/c');
  });
});

describe('IconButton', () => {
  it('is named by its label', async () => {
    const { container } = render(<IconButton label="Notifications" icon={bellIcon} />);
    expect(screen.getByRole('button', { name: 'Notifications' })).toBeTruthy();
    await expectAccessible(container);
  });

  it('shows its name when the pointer rests on it; Escape hides it', async () => {
    render(<IconButton label="Notifications" icon={bellIcon} />);
    await userEvent.hover(screen.getByRole('button'));
    expect(screen.queryByText('Notifications')).toBeNull();
    const tip = await screen.findByText('Notifications', {}, { timeout: 2000 });
    await vi.waitFor(() => expect(tip.hasAttribute('data-open')).toBe(true));
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(screen.queryByText('Notifications')).toBeNull());
  });
});
