import { describe, expect, it } from 'vitest';
import {
  emptyWindow,
  meetingsInWords,
  networksFromText,
  networksToText,
  networkTexts,
  windowInWords,
} from './network-policy';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('the network policy in words', () => {
  it('tells days, hours, networks and what becomes of meetings', () => {
    const window = { ...emptyWindow('Midi'), networks: ['rie', 'annexe'] };
    expect(plain(windowInWords(networkTexts.fr, window))).toBe(
      'du lundi au vendredi, de 10:30 à 15:30 (Europe/Paris), sauf les jours fériés, ' +
        'pour qui vient par : Réseau interministériel (RIE), annexe',
    );
    expect(plain(meetingsInWords(networkTexts.fr, window))).toBe(
      'Les visios commencent en « Sons et écrans partagés ». Chacun peut aller jusqu’à « Petites images », ' +
        'et au-delà en cas d’urgence, avec un motif. Les applications sont priées de remettre à plus tard les envois lourds et les travaux de fond.',
    );
  });
  it('names days that are not together one by one', () => {
    const words = windowInWords(networkTexts.fr, {
      ...emptyWindow(''),
      days: ['fri', 'mon'],
      holidays: true,
    });
    expect(words).toContain('le lundi, vendredi');
    expect(words).toContain('jours fériés compris');
  });
  it('reads networks as it writes them', () => {
    const networks = [
      { label: 'rie', range: '10.0.0.0/8' },
      { label: 'vpn', range: '2001:db8::/32' },
    ];
    expect(networksFromText(networksToText(networks))).toEqual(networks);
    expect(networksFromText('rie=10.0.0.0/8\n\n  vpn   192.0.2.0/24 ')).toEqual([
      { label: 'rie', range: '10.0.0.0/8' },
      { label: 'vpn', range: '192.0.2.0/24' },
    ]);
  });
});
