import { render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { useState } from 'preact/hooks';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '../test/accessible';
import { InlineSelect, PasswordField, SearchField, Select, TextArea, TextField } from './field';

function Form() {
  const [name, setName] = useState('');
  const [role, setRole] = useState<'a' | 'b'>('a');
  return (
    <main>
      <TextField
        label="Nom"
        hint="Court et parlant"
        value={name}
        onValue={setName}
        error={name === '' ? 'Donnez un nom.' : undefined}
      />
      <TextArea label="Description" optional value="" onValue={() => undefined} />
      <Select
        label="Rôle"
        options={[
          { value: 'a', label: 'Animateur' },
          { value: 'b', label: 'Visiteur' },
        ]}
        value={role}
        onValue={setRole}
      />
      <InlineSelect
        label="État"
        options={[{ value: 'x', label: 'Actif' }]}
        value="x"
        onValue={() => undefined}
      />
      <PasswordField label="Mot de passe" value="secret" onValue={() => undefined} />
      <SearchField label="Chercher" value="" onValue={() => undefined} />
      <output>{role}</output>
    </main>
  );
}

describe('fields', () => {
  it('are found by their label and say what is wrong beside it', async () => {
    render(<Form />);
    const name = screen.getByRole('textbox', { name: 'Nom' });
    expect(name.getAttribute('aria-invalid')).toBe('true');
    const described = (name.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(['Court et parlant', 'Donnez un nom.']);
    await userEvent.type(name, 'Guichet');
    expect(name.getAttribute('aria-invalid')).toBeNull();
    expect(screen.queryByText('Donnez un nom.')).toBeNull();
  });

  it('lets one choose in a list', async () => {
    render(<Form />);
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Rôle' }), 'Visiteur');
    expect(screen.getByRole('status').textContent).toBe('b');
  });

  it('shows the password when asked, by keyboard', async () => {
    render(<Form />);
    const password = screen.getByLabelText('Mot de passe');
    expect(password.getAttribute('type')).toBe('password');
    screen.getByRole('checkbox', { name: 'Afficher le mot de passe' }).focus();
    await userEvent.keyboard(' ');
    expect(password.getAttribute('type')).toBe('text');
  });

  it('are accessible', async () => {
    const { container } = render(<Form />);
    await expectAccessible(container);
  });
});
