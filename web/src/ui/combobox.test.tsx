import { render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { useState } from 'preact/hooks';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '../test/accessible';
import { Combobox } from './combobox';

const names = ['Aïcha Diop', 'Idriss Benali', 'Maëlle Le Goff'];

function People() {
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<string>();
  return (
    <main>
      <Combobox
        label="Nouvel animateur"
        query={query}
        onQuery={(value) => {
          setQuery(value);
          setChosen(undefined);
        }}
        options={names.filter((name) => name.toLowerCase().includes(query.toLowerCase()))}
        optionKey={(name) => name}
        optionText={(name) => name}
        renderOption={(name) => name}
        chosen={chosen}
        onChoose={setChosen}
      />
      <output>{chosen ?? 'personne'}</output>
    </main>
  );
}

describe('Combobox', () => {
  it('filters while one types; arrows move, Enter chooses, the focus stays in the box', async () => {
    render(<People />);
    const box = screen.getByRole('combobox', { name: 'Nouvel animateur' });
    await userEvent.type(box, 'e');
    expect(screen.getAllByRole('option')).toHaveLength(2);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    const active = document.getElementById(box.getAttribute('aria-activedescendant') ?? '');
    expect(active?.textContent).toBe('Maëlle Le Goff');
    expect(active?.getAttribute('aria-selected')).toBe('true');
    await userEvent.keyboard('{Enter}');
    expect(screen.getByText('Maëlle Le Goff', { selector: 'output' })).toBeTruthy();
    expect(document.activeElement).toBe(box);
  });

  it('says when nothing matches', async () => {
    render(<People />);
    await userEvent.type(screen.getByRole('combobox'), 'zzz');
    expect(screen.getByText('Aucun résultat')).toBeTruthy();
  });

  it('is accessible', async () => {
    const { container } = render(<People />);
    await expectAccessible(container);
  });
});
