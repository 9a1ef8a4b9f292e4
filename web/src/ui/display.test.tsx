import { render, screen } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '../test/accessible';
import {
  Avatar,
  AvatarStack,
  Badge,
  List,
  ListRow,
  Meter,
  PageHeader,
  ProgressBar,
  Section,
  SpaceTile,
  Tabs,
  Tag,
} from './display';
import { Banner, EmptyState, LiveRegions, Skeleton, toast } from './feedback';
import { BarChart, scaleStep, Sparkline } from './chart';
import userEvent from '@testing-library/user-event';

const people = ['Idriss Benali', 'Maëlle Le Goff', 'Aïcha Diop'].map((name) => ({ id: name, name }));

describe('display', () => {
  it('names what pictures alone would leave unsaid', () => {
    render(
      <main>
        <AvatarStack people={people} shown={2} />
        <Badge count={120} label="120 messages non lus" />
        <Meter label="7 % du repère" value={7} max={100} />
        <ProgressBar label="Envoi" value={0.5} />
        <Sparkline label="Sept jours" values={[1, 2, 3]} />
      </main>,
    );
    expect(screen.getByRole('img', { name: 'Idriss Benali, Maëlle Le Goff, et 1\u00a0autre' })).toBeTruthy();
    expect(screen.getByText('120 messages non lus')).toBeTruthy();
    expect(screen.getByRole('meter', { name: '7 % du repère' }).getAttribute('aria-valuenow')).toBe('7');
    expect(screen.getByRole('progressbar', { name: 'Envoi' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Sept jours' })).toBeTruthy();
  });

  it('shows no badge for zero', () => {
    const { container } = render(<Badge count={0} label="0" />);
    expect(container.textContent).toBe('');
  });

  it('marks the current tab', () => {
    render(
      <Tabs
        label="Onglets"
        tabs={[
          { href: '/a', label: 'Aperçu', current: true },
          { href: '/b', label: 'Membres', current: false, count: 2, countLabel: '2 demandes' },
        ]}
      />,
    );
    expect(screen.getByRole('link', { name: 'Aperçu' }).getAttribute('aria-current')).toBe('page');
    expect(screen.getByRole('link', { name: /^Membres.*2 demandes$/ })).toBeTruthy();
  });

  it('is accessible', async () => {
    const { container } = render(
      <main>
        <PageHeader title="Communautés" detail="Par métier" />
        <Section title="Membres" card>
          <List label="Membres">
            <ListRow leading={<Avatar id="1" name="Idriss Benali" />} title="Idriss Benali" detail="DITP" />
          </List>
        </Section>
        <SpaceTile id="1" name="Achats et territoires" />
        <Tag tone="ok">Animateur</Tag>
        <Banner tone="danger">Refusé.</Banner>
        <EmptyState>Rien ici.</EmptyState>
        <Skeleton />
        <BarChart
          title="Octets par jour"
          series={[{ key: 'a', label: 'Fichiers' }]}
          bars={[{ key: '1', label: 'lu', values: [5] }]}
          format={String}
        />
      </main>,
    );
    await expectAccessible(container);
  });
});

describe('toast', () => {
  it('is announced, acts, and leaves when dismissed', async () => {
    let undone = false;
    render(<LiveRegions />);
    toast('Fichier à la corbeille.', { action: { label: 'Annuler', run: () => (undone = true) } });
    expect(await screen.findByText('Fichier à la corbeille.')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toContain('corbeille');
    await userEvent.click(screen.getByRole('button', { name: 'Annuler' }));
    expect(undone).toBe(true);
    expect(screen.queryByText('Fichier à la corbeille.')).toBeNull();
  });
});

describe('scaleStep', () => {
  it.each([
    [3, 1],
    [17, 5],
    [50, 20],
    [0, 1],
    [364, 100],
  ])('cuts %d in steps of %d', (highest, step) => expect(scaleStep(highest)).toBe(step));
});
