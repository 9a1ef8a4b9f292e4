import { render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { useState } from 'preact/hooks';
import { describe, expect, it, vi } from 'vitest';
import { expectAccessible } from '../test/accessible';
import { Button } from './button';
import { ConfirmDialog } from './confirm';
import { Dialog } from './dialog';

function Page({ onSubmit }: { onSubmit?: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <main>
      <Button onClick={() => setOpen(true)}>Ouvrir</Button>
      {open && (
        <Dialog
          title="Ajouter"
          onClose={() => setOpen(false)}
          {...(onSubmit && { onSubmit })}
          footer={<Button type="submit">Valider</Button>}
        >
          <label>
            Nom <input />
          </label>
        </Dialog>
      )}
    </main>
  );
}

describe('Dialog', () => {
  it('is named by its title, closes on Escape and gives the focus back', async () => {
    render(<Page />);
    const opener = screen.getByRole('button', { name: 'Ouvrir' });
    await userEvent.click(opener);
    const dialog = screen.getByRole('dialog', { name: 'Ajouter' });
    dialog.dispatchEvent(new Event('cancel', { cancelable: true }));
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(document.activeElement).toBe(opener);
  });

  it('has a named button that closes it', async () => {
    render(<Page />);
    await userEvent.click(screen.getByRole('button', { name: 'Ouvrir' }));
    await userEvent.click(screen.getByRole('button', { name: 'Fermer' }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('submits with Enter when it holds a form, and is accessible', async () => {
    const submit = vi.fn();
    const { container } = render(<Page onSubmit={submit} />);
    await userEvent.click(screen.getByRole('button', { name: 'Ouvrir' }));
    await expectAccessible(container);
    await userEvent.type(screen.getByRole('textbox', { name: 'Nom' }), 'x{Enter}');
    expect(submit).toHaveBeenCalledTimes(1);
  });
});

describe('ConfirmDialog', () => {
  it('waits for the acknowledgement before an act that cannot be undone', async () => {
    const confirm = vi.fn();
    const { container } = render(
      <ConfirmDialog
        title="Ouvrir aux externes ?"
        confirm="Ouvrir"
        acknowledge="J’ai compris"
        danger
        onConfirm={confirm}
        onClose={() => undefined}
      >
        <p>Irréversible.</p>
      </ConfirmDialog>,
    );
    const act = screen.getByRole<HTMLButtonElement>('button', { name: 'Ouvrir' });
    expect(act.disabled).toBe(true);
    await userEvent.click(screen.getByRole('checkbox', { name: 'J’ai compris' }));
    await userEvent.click(act);
    expect(confirm).toHaveBeenCalledTimes(1);
    await expectAccessible(container);
  });

  it('says why it was refused', () => {
    render(
      <ConfirmDialog
        title="Archiver ?"
        confirm="Archiver"
        error="Refusé."
        onConfirm={() => undefined}
        onClose={() => undefined}
      >
        <p>…</p>
      </ConfirmDialog>,
    );
    expect(screen.getByRole('alert').textContent).toBe('Refusé.');
  });
});
