import { render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { expectAccessible } from '../test/accessible';
import { Menu, MenuItem, Popover } from './popover';

function Account({ onChoose }: { onChoose: (name: string) => void }) {
  return (
    <main>
      <Menu
        label="Mon compte"
        trigger={(props) => (
          <button type="button" {...props}>
            Compte
          </button>
        )}
      >
        {(close) =>
          ['Paramètres', 'Appareils', 'Se déconnecter'].map((name) => (
            <MenuItem
              key={name}
              onClick={() => {
                close();
                onChoose(name);
              }}
            >
              {name}
            </MenuItem>
          ))
        }
      </Menu>
    </main>
  );
}

describe('Menu', () => {
  it('opens with the down arrow, moves with arrows and letters, chooses with Enter', async () => {
    const choose = vi.fn();
    render(<Account onChoose={choose} />);
    screen.getByRole('button', { name: 'Compte' }).focus();
    await userEvent.keyboard('{ArrowDown}');
    const items = await screen.findAllByRole('menuitem');
    items[0]?.focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(document.activeElement?.textContent).toBe('Appareils');
    await userEvent.keyboard('{End}');
    expect(document.activeElement?.textContent).toBe('Se déconnecter');
    await userEvent.keyboard('p');
    expect(document.activeElement?.textContent).toBe('Paramètres');
    await userEvent.keyboard('{Enter}');
    expect(choose).toHaveBeenCalledWith('Paramètres');
  });

  it('closes on Escape and gives the focus back', async () => {
    render(<Account onChoose={() => undefined} />);
    const button = screen.getByRole('button', { name: 'Compte' });
    await userEvent.click(button);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    const items = await screen.findAllByRole('menuitem');
    items[0]?.focus();
    await userEvent.keyboard('{Escape}');
    expect(document.activeElement).toBe(button);
    await vi.waitFor(() => expect(button.getAttribute('aria-expanded')).toBe('false'));
  });

  it('is accessible, closed and open', async () => {
    const { container } = render(<Account onChoose={() => undefined} />);
    await expectAccessible(container);
    await userEvent.click(screen.getByRole('button', { name: 'Compte' }));
    await expectAccessible(container);
  });
});

describe('Popover', () => {
  it('is a named dialog that shows its content only when open', async () => {
    render(
      <Popover label="Notifications" trigger={(props) => <button {...props}>Cloche</button>}>
        {() => <p>Rien de neuf</p>}
      </Popover>,
    );
    expect(screen.queryByText('Rien de neuf')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Cloche' }));
    expect(await screen.findByText('Rien de neuf')).toBeTruthy();
    expect(screen.getByRole('dialog', { name: 'Notifications' })).toBeTruthy();
  });
});
