import { render, screen, within } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '../test/accessible';
import { Table } from './table';

const rows = [
  { name: 'Maëlle', size: 30 },
  { name: 'Idriss', size: 200 },
  { name: 'Aïcha', size: 4 },
];

const files = (
  <Table
    caption="Fichiers"
    rows={rows}
    rowKey={(row) => row.name}
    columns={[
      { key: 'name', title: 'Nom', order: (row) => row.name, cell: (row) => row.name },
      {
        key: 'size',
        title: 'Poids',
        numeric: true,
        order: (row) => row.size,
        cell: (row) => String(row.size),
      },
      { key: 'actions', title: 'Actions', quiet: true, cell: () => <button type="button">Voir</button> },
    ]}
  />
);

const firstColumn = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('cell')[0]?.textContent);

describe('Table', () => {
  it('sorts by name, then the other way, with the keyboard, and says so', async () => {
    render(files);
    screen.getByRole('button', { name: 'Nom' }).focus();
    await userEvent.keyboard('{Enter}');
    expect(firstColumn()).toEqual(['Aïcha', 'Idriss', 'Maëlle']);
    expect(screen.getByRole('columnheader', { name: 'Nom' }).getAttribute('aria-sort')).toBe('ascending');
    await userEvent.keyboard('{Enter}');
    expect(firstColumn()).toEqual(['Maëlle', 'Idriss', 'Aïcha']);
  });

  it('sorts numbers as numbers', async () => {
    render(files);
    await userEvent.click(screen.getByRole('button', { name: 'Poids' }));
    expect(firstColumn()).toEqual(['Aïcha', 'Maëlle', 'Idriss']);
  });

  it('has a caption and is accessible', async () => {
    const { container } = render(<main>{files}</main>);
    expect(screen.getByRole('table', { name: 'Fichiers' })).toBeTruthy();
    await expectAccessible(container);
  });
});
